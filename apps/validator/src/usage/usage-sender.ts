import { setTimeout as pauseFor } from 'node:timers/promises';
import { type EventOrigin, type Journal, ensureLogOpened } from '@openclaw/event-log';
import type { SpoolRecord } from '@openclaw/usage-spool';

/** Sent together: one request of the adapter. */
const GROUP_MAX = 500;
/** A member of the outer form; inside a string its quotes would be escaped. */
const TERMINAL = Buffer.from('"terminal":true');
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 2_000;

export interface UsageSenderOptions {
  readonly journal: Journal;
  readonly origin: EventOrigin;
  /** The log has these, in order. */
  readonly onAcknowledged: (records: readonly SpoolRecord[]) => Promise<void>;
  readonly onTrouble: (reason: string) => void;
}

/**
 * Sends the durable usage records of one partition, in order, one group in flight, each until the log has acknowledged
 * it. After an error everything from the first unacknowledged record on is sent again: a record behind a gap was
 * superseded, and a second copy of an accepted one is superseded, so that sending again is always right (ARCHITECTURE
 * section 8). Only a record that ends its stream must not come too early, because it is accepted at whatever revision:
 * it is sent when everything before it is acknowledged.
 */
export class UsageSender {
  readonly #stop = new AbortController();
  readonly #queue: SpoolRecord[] = [];
  #sending: Promise<void> = Promise.resolve();
  #busy = false;
  #opened = false;

  constructor(private readonly options: UsageSenderOptions) {}

  push(record: SpoolRecord): void {
    this.#queue.push(record);
    if (this.#busy) return;
    this.#busy = true;
    this.#sending = this.#run();
  }

  /** Resolves with the number of records that are left when all are acknowledged or `signal` aborts; then ends. */
  async close(signal: AbortSignal): Promise<number> {
    const giveUp = (): void => this.#stop.abort();
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    await this.#sending;
    signal.removeEventListener('abort', giveUp);
    giveUp();
    return this.#queue.length;
  }

  async #run(): Promise<void> {
    let failures = 0;
    // Records that are pushed in this turn go along with the first one.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#stop.signal.aborted) {
      const error = await this.#sendGroup();
      failures = error === undefined ? 0 : failures + 1;
      if (error === undefined) continue;
      if (failures === 1) this.options.onTrouble(`${this.options.journal.name}: ${error}`);
      const delayMs = Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(failures, 6), BACKOFF_MAX_MS);
      await pauseFor(delayMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
    this.#busy = false;
  }

  #nextGroup(): readonly SpoolRecord[] {
    const group = this.#queue.slice(0, GROUP_MAX);
    const end = group.findIndex(({ value }) => value.includes(TERMINAL));
    return end < 0 ? group : group.slice(0, Math.max(end, 1));
  }

  /** Undefined when all of the group was acknowledged; else the class of the first failure. */
  async #sendGroup(): Promise<string | undefined> {
    const { journal, origin, onAcknowledged } = this.options;
    try {
      if (!this.#opened) await ensureLogOpened(journal, origin, this.#stop.signal);
      this.#opened = true;
    } catch (error) {
      return nameOf(error);
    }
    const group = this.#nextGroup();
    const results = await Promise.allSettled(group.map((record) => journal.append(record)));
    const firstFailed = results.findIndex((result) => result.status === 'rejected');
    await onAcknowledged(this.#queue.splice(0, firstFailed < 0 ? group.length : firstFailed));
    const failure = results[firstFailed];
    return failure?.status === 'rejected' ? nameOf(failure.reason) : undefined;
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);
