import type { RecordedEvent, StreamName } from '@openclaw/event-log';
import type { ConsumerCheckpoint, ProjectionBatch, ProjectionStore, Quarantined } from '@openclaw/consumers';

/** A projection in memory: a list of what was applied. Rows and checkpoint change together or not at all. */
export class InMemoryProjectionStore implements ProjectionStore {
  readonly name = 'in-memory';
  rows: RecordedEvent[] = [];
  quarantined: Quarantined[] = [];
  checkpoint: ConsumerCheckpoint | undefined;
  commits = 0;

  constructor(
    readonly foldVersion = 1,
    /** Planted faults: throw to refuse the commit, before anything is written. */
    private readonly beforeCommit: (batch: ProjectionBatch) => void = () => undefined,
  ) {}

  async load(): Promise<{ checkpoint: ConsumerCheckpoint; quarantined: StreamName[] } | undefined> {
    if (this.checkpoint?.foldVersion !== this.foldVersion) return undefined;
    const quarantined = this.quarantined.flatMap((one) => (one.stream === undefined ? [] : [one.stream]));
    return { checkpoint: this.checkpoint, quarantined };
  }

  refuses(event: RecordedEvent): string | undefined {
    return event.type.startsWith('openclaw.from-the-future') ? 'a newer schema' : undefined;
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    this.commits += 1;
    this.beforeCommit(batch);
    this.rows.push(...batch.apply.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : [])));
    this.quarantined.push(...batch.quarantine);
    this.checkpoint = batch.checkpoint;
  }

  async reset(): Promise<void> {
    this.rows = [];
    this.quarantined = [];
    this.checkpoint = undefined;
  }
}
