import { traceCommits } from '@openclaw/platform';
import type { LogSource } from './log-source';
import { PartitionWorker, type WorkerServices } from './partition-worker';
import type { PartitionEnds, ProjectionTable, TableDigest } from './projection-table.port';

export interface Rebuilt {
  readonly projection: string;
  readonly generation: number;
  /** The table that served, and the one built from the log, over the same positions. */
  readonly before: TableDigest;
  readonly rebuilt: TableDigest;
  readonly identical: boolean;
}

interface Filled {
  readonly generation: number;
  readonly workers: readonly PartitionWorker[];
}

/** One projection over all its partitions: kept filled, told about, and rebuilt beside the one that serves. */
export class FollowedProjection {
  readonly #stop = new AbortController();
  #rebuilding: Promise<Rebuilt> | undefined;

  private constructor(
    private readonly table: ProjectionTable,
    private readonly sources: readonly LogSource[],
    private readonly services: WorkerServices,
    private filled: Filled,
  ) {}

  /** Starts filling the serving generation; logs that are not open yet join when they are. */
  static async start(
    table: ProjectionTable,
    sources: readonly LogSource[],
    services: WorkerServices,
  ): Promise<FollowedProjection> {
    const generation = await table.serving();
    return new FollowedProjection(table, sources, services, fill(table, generation, sources, services));
  }

  get name(): string {
    return this.table.name;
  }

  get generation(): number {
    return this.filled.generation;
  }

  get isRebuilding(): boolean {
    return this.#rebuilding !== undefined;
  }

  get workers(): readonly PartitionWorker[] {
    return this.filled.workers;
  }

  quarantined(): Promise<PartitionEnds> {
    return this.table.quarantined(this.filled.generation);
  }

  /**
   * Builds the next generation from the log while this one serves, compares the two, and moves readers over. Calls that
   * come meanwhile get the same answer. When it rejects, the old generation serves on; safe to retry.
   */
  rebuild(): Promise<Rebuilt> {
    this.#rebuilding ??= this.#rebuild().finally(() => (this.#rebuilding = undefined));
    return this.#rebuilding;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error(`${this.name} was stopped`));
    await this.#rebuilding?.catch(() => undefined);
    await stopAll(this.filled.workers);
  }

  async #rebuild(): Promise<Rebuilt> {
    const old = this.filled;
    const generation = await this.table.next();
    const fresh = fill(this.table, generation, this.sources, this.services);
    try {
      await this.#reached(fresh, await this.table.ends(old.generation));
      await stopAll(old.workers);
      const compared = await this.#compare(old.generation, fresh);
      await this.table.serve(generation);
      this.filled = fresh;
      return compared;
    } catch (error) {
      await stopAll(fresh.workers);
      await stopAll(old.workers);
      this.filled = fill(this.table, await this.table.serving(), this.sources, this.services);
      if (this.#stop.signal.aborted) await stopAll(this.filled.workers);
      throw error;
    }
  }

  /** The old one stands still now; the new one may be ahead, so both are compared up to where the old one is. */
  async #compare(oldGeneration: number, fresh: Filled): Promise<Rebuilt> {
    const ends = await this.table.ends(oldGeneration);
    await this.#reached(fresh, ends);
    const [before, rebuilt] = await Promise.all([
      this.table.digest(oldGeneration, ends),
      this.table.digest(fresh.generation, ends),
    ]);
    const identical = before.sha256 === rebuilt.sha256;
    return { projection: this.name, generation: fresh.generation, before, rebuilt, identical };
  }

  async #reached({ workers }: Filled, ends: PartitionEnds): Promise<void> {
    const { signal } = this.#stop;
    await Promise.all(workers.map((worker) => worker.reached(ends.get(worker.source.partition) ?? -1, signal)));
  }
}

const fill = (
  table: ProjectionTable,
  generation: number,
  sources: readonly LogSource[],
  services: WorkerServices,
): Filled => ({
  generation,
  workers: sources.map((source) => {
    const { topic, partition } = source;
    const store = traceCommits(table.store(generation, partition), { topic, partition, consumer: table.name });
    return new PartitionWorker(source, store, services);
  }),
});

const stopAll = async (workers: readonly PartitionWorker[]): Promise<void> => {
  await Promise.all(workers.map((worker) => worker.stop()));
};
