import type { Position } from '@openclaw/event-log';
import type { Decoded } from '../src/codec';

export const LEASE_MS = 1000;

export const MUTANTS = [
  'lease from a fetch',
  'lease counted from the read-back',
  'lease counted from the produce acknowledgement',
  'lease at the produce acknowledgement, not read back',
  'heads not read',
  'applied not awaited',
  'matched by validator id',
  'head after the answer',
  'a repeat answered without a head',
  'no second look',
  'second look at a newer lease',
  'start-up without covers',
  'covers noted after the marker',
  'a hole ignored',
  'receipt judged before the own head is read',
  'receipt per validator id',
  'renewed after my head taken as done',
] as const;
export type Mutant = (typeof MUTANTS)[number];

export interface Flight {
  readonly record: Decoded;
  landed: boolean;
}

/** What the processes of the simulated world share, and the oracle over what they do (`simulated-world.ts`). */
export class SimulatedStore {
  nowMs = 0;
  readonly log: ('revoke' | 'other')[] = ['other'];
  readonly coordination: Decoded[] = [];
  oldest = 0;
  readonly flights: Flight[] = [];
  revokedAt: Position | undefined;
  /** When somebody was first told that the revocation is done. */
  ackedAtMs: number | undefined;
  /** When a writer first called the receipt complete. */
  receiptAtMs: number | undefined;
  readonly violations: string[] = [];

  constructor(readonly mutant?: Mutant) {}

  append(kind: 'revoke' | 'other'): Position {
    this.log.push(kind);
    const position = (this.log.length - 1) as Position;
    if (kind === 'revoke') this.revokedAt ??= position;
    return position;
  }

  produce(record: Decoded): Flight {
    const flight: Flight = { record, landed: false };
    this.flights.push(flight);
    return flight;
  }

  /** An allow could be written now, on a state without the revocation: would it be too late? */
  allowed(begunAtMs: number): void {
    if (this.ackedAtMs !== undefined && this.nowMs > this.ackedAtMs + LEASE_MS) {
      this.violations.push(`I1: allowed at ${this.nowMs}, acknowledged at ${this.ackedAtMs}`);
    }
    if (this.receiptAtMs !== undefined && begunAtMs > this.receiptAtMs) {
      this.violations.push(`receipt: begun at ${begunAtMs}, complete at ${this.receiptAtMs}`);
    }
  }

  /** A record in flight is committed, in whatever order, and perhaps once more later. */
  land(index: number, twice: boolean): void {
    const flight = this.flights[index % Math.max(this.flights.length, 1)];
    if (flight === undefined) return;
    this.coordination.push(flight.record);
    flight.landed = true;
    if (!twice) this.flights.splice(this.flights.indexOf(flight), 1);
  }
}
