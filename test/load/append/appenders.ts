import { type EventLog, type NewEvent, type StreamName, encodeOuterForm } from '@openclaw/event-log';
import { sampleEvent, sampleStream } from '../sample-event';
import type { BareWriter } from './bare-writers';

const EVENTS_PER_STREAM = 10;

/** One caller of a log: appends one event after the other, ten to a stream. */
export class Appender {
  #stream: StreamName = sampleStream();
  #revision = 0;

  constructor(private readonly log: EventLog) {}

  /** How long one append took, in milliseconds; making the event is not counted. */
  async once(): Promise<number> {
    const { stream, revision, event } = this.#next();
    const startedMs = performance.now();
    const { outcome } = await this.log.append(stream, revision, event);
    const tookMs = performance.now() - startedMs;
    if (outcome !== 'appended') throw new Error('a conflict on a stream that nobody else writes');
    return tookMs;
  }

  #next(): { readonly stream: StreamName; readonly revision: number; readonly event: NewEvent } {
    if (this.#revision === EVENTS_PER_STREAM) {
      this.#stream = sampleStream();
      this.#revision = 0;
    }
    this.#revision += 1;
    return { stream: this.#stream, revision: this.#revision, event: sampleEvent() };
  }
}

/** The same bytes without the log, encoded before the clock starts. */
export const bareOnce = async (bare: BareWriter): Promise<number> => {
  const stream = sampleStream();
  const value = encodeOuterForm(stream, 1, sampleEvent());
  const startedMs = performance.now();
  await bare.write({ key: stream, value });
  return performance.now() - startedMs;
};

/** Appends per second of so many callers at once, for `ms` milliseconds. */
export const throughput = async (log: EventLog, callers: number, ms: number): Promise<number> => {
  let appended = 0;
  const startedMs = performance.now();
  const untilMs = startedMs + ms;
  const one = async (): Promise<void> => {
    const appender = new Appender(log);
    while (performance.now() < untilMs) {
      await appender.once();
      appended += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
  return (appended * 1000) / (performance.now() - startedMs);
};
