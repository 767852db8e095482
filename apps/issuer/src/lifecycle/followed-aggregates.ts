import type { RecordedEvent } from '@openclaw/event-log';
import { type Aggregate, type Traced, UNKNOWN_PROVENANCE, provenanceAfter } from '@openclaw/platform';

export interface Row<State> extends Traced<State> {
  readonly id: string;
  /** Position of the aggregate's first event: the order of lists, because it never changes. */
  readonly since: number;
}

/** All aggregates of one kind, folded from the lifecycle log, in the order of their creation. */
export class FollowedAggregates<State, Event> {
  readonly #rows = new Map<string, Row<State>>();
  readonly #notUnderstood = new Set<string>();

  constructor(private readonly aggregate: Aggregate<State, Event>) {}

  apply({ stream, type, data, revision, position, metadata }: RecordedEvent): void {
    const prefix = `${this.aggregate.kind}/`;
    if (!stream.startsWith(prefix)) return;
    const id = stream.slice(prefix.length);
    const event = this.aggregate.decode(type, data);
    if (event === undefined) this.#notUnderstood.add(id);
    if (event === undefined || this.#notUnderstood.has(id)) return;
    const nothing = { state: this.aggregate.initial, revision: 0, provenance: UNKNOWN_PROVENANCE, since: position };
    const before = this.#rows.get(id) ?? nothing;
    const state = this.aggregate.evolve(before.state, event);
    const provenance = provenanceAfter(before, state, metadata);
    this.#rows.set(id, { id, state, revision, provenance, since: before.since });
  }

  /** Rows whose whole history this version understands, oldest first. */
  *rows(): Iterable<Row<State>> {
    for (const row of this.#rows.values()) if (!this.#notUnderstood.has(row.id)) yield row;
  }

  /** Ids with an event of a newer schema: named in lists, because an older state of them would be a lie. */
  notUnderstood(): readonly string[] {
    return [...this.#notUnderstood];
  }
}
