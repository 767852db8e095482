import type { EventLog } from '@openclaw/event-log';

/** One partition that a projection reads: there from the start, or opened later in the background. */
export interface LogSource {
  readonly topic: string;
  readonly partition: number;
  /** The log once it is open. */
  readonly log: EventLog | undefined;
  /** Resolves when it is open; rejects when it is closed first, or `signal` aborts. */
  opened(signal: AbortSignal): Promise<EventLog>;
}

export const openSource = (topic: string, log: EventLog): LogSource => ({
  topic,
  partition: 0,
  log,
  opened: () => Promise.resolve(log),
});
