import type { Position } from '@openclaw/event-log';

/** What people and metrics see of a lease. */
export interface LeaseStatus {
  readonly held: boolean;
  readonly boundMs: number;
  /** Time since the lease in force was proven: how old the state may be. Undefined when there never was one. */
  readonly ageMs: number | undefined;
  readonly applied: Position;
  /** The greatest head known. */
  readonly need: Position;
  /** Whether the start of the coordination journal is covered; without it there is no lease. */
  readonly covered: boolean;
  /** Host clock minus log clock; more than `HOST_CLOCK_OFF_MAX_MS` either way is an alarm. */
  readonly hostClockOffMs: number | undefined;
  /** Holes met in the coordination journal. */
  readonly restarts: number;
  /** Coordination records that did not parse; more than none is an alarm. */
  readonly unparsable: number;
  /** Set when the history is not one history: end the process. */
  readonly halted: Error | undefined;
}
