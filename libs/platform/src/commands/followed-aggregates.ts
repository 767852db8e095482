import { CatchUpSubscription } from '@openclaw/consumers';
import type { EventLog, FollowBatch, Position } from '@openclaw/event-log';
import type { Aggregate } from './aggregate-repository';

/** One aggregate as far as this process has followed the log. */
export interface Followed<State> {
  readonly id: string;
  readonly state: State;
  readonly revision: number;
}

/**
 * Every aggregate of one kind, kept in memory by following the log: for kinds of which there are few and whose list is
 * asked for, such as operators. A stream with an event that this build does not understand is left out, for good:
 * better nothing than the state of yesterday.
 */
export class FollowedAggregates<State, Event> {
  readonly #all = new Map<string, Followed<State>>();
  readonly #notUnderstood = new Set<string>();
  readonly #subscription: CatchUpSubscription;

  /** `onChange` is called for each change, with `undefined` as `after` for a stream that is left out. */
  constructor(
    log: EventLog,
    private readonly aggregate: Aggregate<State, Event>,
    private readonly onChange: (before: State, after: State | undefined, id: string) => void = () => undefined,
  ) {
    this.#subscription = new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when everything up to now is folded; call before the port opens. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /** Resolves when `position` is folded: whoever was answered finds its own change. Rejects when `signal` aborts. */
  reached(position: Position, signal: AbortSignal): Promise<void> {
    return this.#subscription.reached(position, signal);
  }

  get(id: string): Followed<State> | undefined {
    return this.#all.get(id);
  }

  /** All of them, by id. */
  list(): readonly Followed<State>[] {
    return [...this.#all.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }

  #fold(batch: FollowBatch): void {
    const prefix = `${this.aggregate.kind}/`;
    for (const entry of batch.entries) {
      if (entry.kind !== 'event' || !entry.event.stream.startsWith(prefix)) continue;
      const { stream, type, data, revision } = entry.event;
      this.#apply(stream.slice(prefix.length), this.aggregate.decode(type, data), revision);
    }
  }

  #apply(id: string, event: Event | undefined, revision: number): void {
    if (this.#notUnderstood.has(id)) return;
    const before = this.#all.get(id)?.state ?? this.aggregate.initial;
    const state = event === undefined ? undefined : this.aggregate.evolve(before, event);
    if (state === undefined) {
      this.#notUnderstood.add(id);
      this.#all.delete(id);
    } else {
      this.#all.set(id, { id, state, revision });
    }
    this.onChange(before, state, id);
  }
}
