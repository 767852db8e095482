import { type Lag, type ProjectionStore, ProjectionRunner, type Quarantined } from '@openclaw/consumers';
import { type EventLog, LogHalted, positionAt } from '@openclaw/event-log';
import type { LogSource } from './log-source';

export interface WorkerServices {
  /** Copies a quarantined record to the dead-letter topic. */
  readonly deadLetter: (source: LogSource, log: EventLog, letter: Quarantined) => Promise<void>;
  readonly report: (event: { readonly what: string; readonly detail: string }) => void;
  readonly retryMs?: number;
}

const RETRY_MS = 1000;

/**
 * Keeps one partition of one generation filled: waits until its log is open, runs the projection, and starts it again
 * from its checkpoint when it ended for a reason other than a halt (which ends the process).
 */
export class PartitionWorker {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #runner: ProjectionRunner | undefined;
  #fault: string | undefined;

  constructor(
    readonly source: LogSource,
    private readonly store: ProjectionStore,
    private readonly services: WorkerServices,
  ) {
    this.#running = this.#run();
  }

  /** The lag behind the end of the log; undefined when that is not open yet or does not answer within `withinMs`. */
  async measuredLag(withinMs: number): Promise<Lag | undefined> {
    return this.#runner?.measuredLag(withinMs).catch(() => undefined);
  }

  /** Undefined until the log is open and the checkpoint loaded. */
  lag(): Lag | undefined {
    return this.#runner?.lag();
  }

  /** Why it does not move on, for people; undefined when it does, or when there is nothing to read yet. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Resolves when the rows up to `position` are committed; rejects when `signal` aborts. */
  async reached(position: number, signal: AbortSignal): Promise<void> {
    while ((this.#runner?.subscription.head().position ?? -1) < position) {
      signal.throwIfAborted();
      await (this.#runner?.subscription.reached(positionAt(position), signal).catch(() => undefined) ?? this.#pause());
      if (this.#stop.signal.aborted) throw new Error(`${this.store.name} was stopped`);
    }
  }

  /** Finishes the commit in hand. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#runner?.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const log = await this.source.opened(this.#stop.signal).catch(() => undefined);
    while (log !== undefined && !this.#stop.signal.aborted) {
      try {
        await this.#project(log);
      } catch (error) {
        if (error instanceof LogHalted) return;
        this.#fault = error instanceof Error ? error.message : String(error);
        this.services.report({ what: 'projection-stopped', detail: this.store.name });
        await this.#pause();
      }
    }
  }

  async #project(log: EventLog): Promise<void> {
    const runner = await ProjectionRunner.start({
      log,
      store: this.store,
      deadLetter: (letter) => this.services.deadLetter(this.source, log, letter),
      report: this.services.report,
    });
    this.#runner = runner;
    this.#fault = undefined;
    if (this.#stop.signal.aborted) await runner.stop();
    await runner.subscription.ended;
  }

  #pause(): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, this.services.retryMs ?? RETRY_MS);
      signal.addEventListener('abort', finish);
      if (signal.aborted) finish();
    });
  }
}
