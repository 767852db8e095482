import { ChainHash, type EventLog, type FollowBatch, GENESIS_CHAIN_HASH, type LogHead } from '@openclaw/event-log';
import { CatchUpSubscription, type Lag } from './catch-up-subscription';
import type { ProjectionStore, Quarantined } from './projection.port';
import { StoreUnavailable } from './projection.port';
import { type Sorted, failedEntry, sortOut } from './quarantine';

export interface ProjectionRunnerOptions {
  readonly log: EventLog;
  readonly store: ProjectionStore;
  /** Copies a quarantined record to the dead-letter topic; called at least once per record, before the checkpoint. */
  readonly deadLetter?: (letter: Quarantined) => Promise<void>;
  /** Told about every wait and every quarantine; never with the record's content. */
  readonly report?: (event: { readonly what: 'store-unavailable' | 'quarantined'; readonly detail: string }) => void;
  readonly retryMs?: number;
}

const RETRY_MS = 500;

/**
 * Runs one projection: loads its checkpoint, follows the log from there, and commits rows and position together, so
 * that a crash anywhere repeats a whole batch or none. A store that does not answer is waited for (lag grows and tells);
 * a batch that cannot be stored is taken apart until the one record at fault is in quarantine.
 */
export class ProjectionRunner {
  readonly #stop = new AbortController();
  /** The running subscription: lag, `reached`, `caughtUp`, and `ended`, which rejects when the log halts. */
  readonly subscription: CatchUpSubscription;
  #streams: Set<string>;
  #chainHash: string;

  private constructor(
    private readonly options: ProjectionRunnerOptions,
    from: Awaited<ReturnType<ProjectionStore['load']>>,
  ) {
    this.#streams = new Set(from?.quarantined);
    this.#chainHash = from?.checkpoint.chainHash ?? GENESIS_CHAIN_HASH;
    this.subscription = new CatchUpSubscription({
      log: options.log,
      after: from?.checkpoint ?? 'beginning',
      handle: (batch) => this.#handle(batch),
    });
  }

  /** Starts following. Rejects when the store cannot be loaded; a checkpoint of another log halts (never mixed). */
  static async start(options: ProjectionRunnerOptions): Promise<ProjectionRunner> {
    const from = await options.store.load();
    if (from !== undefined && from.checkpoint.logId !== options.log.logId) {
      throw new Error(
        `${options.store.name} was built from log ${from.checkpoint.logId}, but this is ${options.log.logId}: ` +
          `rebuild it (reset), or connect to the log it belongs to`,
      );
    }
    return new ProjectionRunner(options, from);
  }

  measuredLag(withinMs: number): Promise<Lag | undefined> {
    return this.subscription.measuredLag(withinMs);
  }

  lag(): Lag {
    return this.subscription.lag();
  }

  get quarantinedStreams(): number {
    return this.#streams.size;
  }

  /** Finishes the commit in hand and ends; what was not committed is read again at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.subscription.stop();
  }

  async #handle(batch: FollowBatch): Promise<void> {
    if (batch.entries.length === 0) return;
    const streams = new Set(this.#streams);
    const sorted = sortOut(batch.entries, streams, (event) => this.options.store.refuses(event));
    await this.#deadLetters(sorted.quarantine);
    try {
      await this.#commit(sorted, batch.head);
      this.#streams = streams;
    } catch (error) {
      if (error instanceof Stopped) throw error;
      await this.#oneByOne(batch);
    }
    this.#chainHash = batch.head.chainHash;
  }

  /** Something in the batch cannot be stored: commit entry by entry, and quarantine the one that fails alone. */
  async #oneByOne(batch: FollowBatch): Promise<void> {
    const chain = new ChainHash(this.#chainHash);
    for (const entry of batch.entries) {
      chain.update(entry.value);
      const head = { logId: batch.head.logId, position: entry.position, chainHash: chain.hex() };
      const sorted = sortOut([entry], this.#streams, (event) => this.options.store.refuses(event));
      try {
        await this.#commit(sorted, head);
      } catch (error) {
        const [candidate] = sorted.apply;
        if (error instanceof Stopped || candidate === undefined) throw error;
        const failed = failedEntry(candidate, error);
        if (failed.stream !== undefined) this.#streams.add(failed.stream);
        await this.#deadLetters([failed]);
        await this.#commit({ apply: [], quarantine: [failed] }, head);
      }
    }
  }

  #commit(sorted: Sorted, head: LogHead): Promise<void> {
    const { store } = this.options;
    return this.#retrying(() => store.commit({ ...sorted, checkpoint: { ...head, foldVersion: store.foldVersion } }));
  }

  async #deadLetters(letters: readonly Quarantined[]): Promise<void> {
    for (const letter of letters) {
      this.options.report?.({ what: 'quarantined', detail: `${letter.kind} at ${letter.position}` });
      const send = this.options.deadLetter;
      if (send !== undefined && letter.kind !== 'held')
        await this.#retrying(
          () => send(letter),
          () => true,
        );
    }
  }

  async #retrying(work: () => Promise<void>, mayRetry = isUnavailable): Promise<void> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!mayRetry(error)) throw error;
        this.options.report?.({ what: 'store-unavailable', detail: String(error) });
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer);
        this.#stop.signal.removeEventListener('abort', finish);
        if (this.#stop.signal.aborted) reject(new Stopped());
        else resolve();
      };
      const timer = setTimeout(finish, this.options.retryMs ?? RETRY_MS);
      this.#stop.signal.addEventListener('abort', finish);
      if (this.#stop.signal.aborted) finish();
    });
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof StoreUnavailable;

/** Stopped while waiting for the store: nothing was committed, nothing is lost. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}
