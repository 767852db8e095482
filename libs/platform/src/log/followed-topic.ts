import {
  type EventLog, type JournalStore, type LogHalted, type TopicSpec, openEventLog,
} from '@openclaw/event-log'; // prettier-ignore

export interface FollowedTopicOptions {
  /** A store handle for this topic alone: a refusal of its settings must not stop other topics. Closed with it. */
  readonly store: JournalStore;
  readonly topic: TopicSpec;
  readonly source: string;
  readonly onHalt: (reason: LogHalted) => void;
  readonly retryMs?: number;
}

const RETRY_MS = 1000;

/**
 * A topic that this process only follows, opened in the background: its writer may start later, and a partition opens
 * with its first record. Nothing here holds up the start of the service; readiness tells what is waited for.
 */
export class FollowedTopic {
  readonly partitions: readonly FollowedPartition[];
  readonly #stop = new AbortController();
  readonly #running: Promise<unknown>;
  #refusal: string | undefined = 'not looked at yet';

  constructor(private readonly options: FollowedTopicOptions) {
    const { topic } = options;
    this.partitions = Array.from(
      { length: topic.partitions },
      (_, partition) => new FollowedPartition(partition, options, this.#stop.signal),
    );
    this.#running = this.#open();
  }

  /** Why nothing of the topic can be read yet: it is missing, or set up otherwise; undefined when it is well. */
  get refusal(): string | undefined {
    return this.#refusal;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all(this.partitions.map((partition) => partition.close()));
    await this.options.store.close();
  }

  async #open(): Promise<void> {
    const { signal } = this.#stop;
    const { store, topic, retryMs = RETRY_MS } = this.options;
    while (!signal.aborted) {
      try {
        await store.ensureTopics([topic]);
        this.#refusal = undefined;
        break;
      } catch (error) {
        this.#refusal = error instanceof Error ? error.message : String(error);
        await pause(retryMs, signal);
      }
    }
    await Promise.all(this.partitions.map((partition) => partition.open()));
  }
}

/** One partition of a followed topic. */
export class FollowedPartition {
  readonly #opened = Promise.withResolvers<EventLog>();
  #log: EventLog | undefined;

  constructor(
    readonly partition: number,
    private readonly options: FollowedTopicOptions,
    private readonly stopped: AbortSignal,
  ) {
    this.#opened.promise.catch(() => undefined);
  }

  get topic(): string {
    return this.options.topic.topic;
  }

  /** The log once it is open. */
  get log(): EventLog | undefined {
    return this.#log;
  }

  /** Resolves when the partition is open; rejects when the topic is closed first, or `signal` aborts. */
  opened(signal: AbortSignal): Promise<EventLog> {
    return unlessAborted(this.#opened.promise, signal);
  }

  /** Opens it, however long that takes; ends when the topic is closed. Called by the topic. */
  async open(): Promise<void> {
    const { store, topic, source, onHalt, retryMs = RETRY_MS } = this.options;
    while (!this.stopped.aborted) {
      try {
        const journal = await store.open(topic.topic, this.partition);
        const log = await openEventLog(
          journal,
          { source, role: 'reader', followersSetThePace: true, onHalt },
          this.stopped,
        );
        this.#log = log;
        this.#opened.resolve(log);
        return;
      } catch {
        await pause(retryMs, this.stopped); // the store does not answer; a halt has ended the process already
      }
    }
    const closed = new Error(`${topic.topic}/${this.partition} was closed before it was open`);
    this.#opened.reject(closed);
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }
}

const unlessAborted = <T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    outcome.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  });

const pause = (ms: number, ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      ended.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    ended.addEventListener('abort', finish);
    if (ended.aborted) finish();
  });
