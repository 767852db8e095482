import type { Journal, JournalRecord, Offset } from '@openclaw/event-log';
import { EventLogClosed, LogHalted } from '@openclaw/event-log';
import type { Decoded } from './codec';
import { decodeRecord } from './codec';
import { CoordinationView } from './coordination-view';
import type { MonotonicClock, MonotonicMs } from './time.port';

export interface FeedRecord<T extends Decoded = Decoded> {
  readonly offset: Offset;
  /** The store's clock at the append. */
  readonly appendedAtMs: number;
  /** When this process took it. */
  readonly readAtMs: MonotonicMs;
  readonly record: T;
}

/** What listens to the feed. Called in journal order, synchronously, after the view has taken the record. */
export interface FeedListener {
  onRecord?(read: FeedRecord): void;
  /** Records were skipped: whatever was concluded from contiguous reading is void. Comes before `onRecord`. */
  onRestart?(): void;
  /** Nothing more will come: the history is not one history, or the store gave up. */
  onHalt?(reason: Error): void;
}

/**
 * While nobody waits for a record of its own the next ones are read after so long, together: a writer that appends all
 * the time would else read each of its heads back at once, in the way of its next append. Late reading is always safe.
 */
const UNHURRIED_MS = 2;

/**
 * The one reader of the coordination journal in a process: reads it from the oldest record, for ever, without a hole,
 * into a `CoordinationView`, and tells the announcer, the prober, the lease keeper and the receipts.
 */
export class CoordinationFeed {
  readonly #stop = new AbortController();
  readonly #listeners = new Set<FeedListener>();
  #view: CoordinationView | undefined;
  #running: Promise<void> = Promise.resolve();
  #ended: Error | undefined;
  #restarts = 0;
  #hurried = 0;
  #endRest: () => void = () => undefined;

  constructor(
    readonly journal: Journal,
    private readonly monotonic: MonotonicClock,
  ) {}

  /** Undefined before `start`. */
  get view(): CoordinationView | undefined {
    return this.#view;
  }

  /** How often records were skipped. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Why nothing more comes: a `LogHalted` (end the process) or `EventLogClosed`. */
  get ended(): Error | undefined {
    return this.#ended;
  }

  /** Begins to read for the log of this id; later calls must name the same one. */
  start(logId: string): CoordinationView {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#view !== undefined && this.#view.logId !== logId)
      throw new TypeError(`already reading for ${this.#view.logId}`);
    if (this.#view !== undefined) return this.#view;
    const view = new CoordinationView(logId);
    this.#view = view;
    this.#running = this.#run(view);
    return view;
  }

  /** The returned function ends the listening. */
  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody waits for what it has sent: until the returned function is called everything is read at once. */
  hurry(): () => void {
    this.#hurried += 1;
    this.#endRest();
    let over = false;
    return () => {
      if (!over) this.#hurried -= 1;
      over = true;
    };
  }

  /** Stops for good: nothing built on this history can be trusted. Told to every listener once. */
  halt(reason: unknown): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason instanceof Error && reason.name === 'LogHalted' ? reason : asHalted(this.journal.name, reason);
    this.#stop.abort();
    for (const listener of this.#listeners) listener.onHalt?.(this.#ended);
  }

  async close(): Promise<void> {
    this.#ended ??= new EventLogClosed(`${this.journal.name}: the feed is closed`);
    this.#stop.abort();
    this.#endRest();
    this.#listeners.clear();
    await this.#running;
  }

  async #run(view: CoordinationView): Promise<void> {
    try {
      for await (const batch of this.journal.read(0, this.#stop.signal)) {
        this.#takeAll(view, batch);
        if (this.#hurried === 0 && !this.#stop.signal.aborted) await this.#rest();
      }
      if (!this.#stop.signal.aborted) throw new Error('the store ended the read');
    } catch (error) {
      if (!this.#stop.signal.aborted) this.halt(error);
    }
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#endRest(), UNHURRIED_MS);
      this.#endRest = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #takeAll(view: CoordinationView, batch: readonly JournalRecord[]): void {
    for (const record of batch) {
      if (this.#stop.signal.aborted) return;
      this.#take(view, record);
    }
  }

  #take(view: CoordinationView, { offset, appendedAtMs, value }: JournalRecord): void {
    const record = decodeRecord(value);
    const admission = view.admit(offset, record);
    if (admission.outcome === 'halt') throw new LogHalted(`${this.journal.name}: ${admission.reason}`);
    if (admission.outcome === 'restarted') {
      this.#restarts += 1;
      for (const listener of this.#listeners) listener.onRestart?.();
    }
    const read: FeedRecord = { offset, appendedAtMs, readAtMs: this.monotonic.nowMs(), record };
    for (const listener of this.#listeners) listener.onRecord?.(read);
  }
}

const asHalted = (name: string, cause: unknown): LogHalted =>
  new LogHalted(`${name}: coordination cannot be read`, { cause });

/** Sends one record; resolves with whether the store acknowledged it. "No" means unknown: it may still land. */
export const produce = (journal: Journal, key: string, record: Buffer): Promise<boolean> =>
  journal.append({ key, value: record }).then(
    () => true,
    () => false,
  );
