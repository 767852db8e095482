import type { ProjectionStore } from '@openclaw/consumers';
import type { Digest, PartitionEnds } from './generation';
import type { ProjectionDefinition } from './projection-definition';
import type { ReadModels } from './read-models';

/** One projection of `ReadModels`, by generation number: what a service needs to fill, rebuild and compare it. */
export class ProjectionTable {
  constructor(
    private readonly models: ReadModels,
    private readonly definition: ProjectionDefinition,
  ) {}

  get name(): string {
    return this.definition.table;
  }

  /** Number of the generation that readers see. */
  async serving(): Promise<number> {
    return (await this.models.serving(this.name)).number;
  }

  /** Makes the empty tables of the next generation; what an interrupted rebuild left there is dropped. */
  async next(): Promise<number> {
    return (await this.models.next(this.definition)).number;
  }

  store(generation: number, partition: number): ProjectionStore {
    return this.models.store(this.definition, this.#of(generation), partition);
  }

  /** Moves readers to `generation` and drops the one before. */
  serve(generation: number): Promise<void> {
    return this.models.serve(this.definition, this.#of(generation));
  }

  ends(generation: number): Promise<PartitionEnds> {
    return this.models.ends(this.definition, this.#of(generation));
  }

  /** Digest of the rows up to `ends`: the same in two generations that hold the same rows up to there. */
  digest(generation: number, ends: PartitionEnds): Promise<Digest> {
    return this.models.digest(this.definition, this.#of(generation), ends);
  }

  /** Records in quarantine, by partition. */
  quarantined(generation: number): Promise<PartitionEnds> {
    return this.models.quarantined(this.definition, this.#of(generation));
  }

  #of(number: number) {
    return { schema: this.models.schema, number };
  }
}
