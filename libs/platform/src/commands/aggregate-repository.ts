import { TOPIC } from '@openclaw/contracts';
import { type EventLog, type EventMetadata, type Position, type StreamName, streamName } from '@openclaw/event-log';
import { appendTraced } from '../telemetry/append-traced';
import { type Traced, UNKNOWN_PROVENANCE, provenanceAfter } from './provenance';

/** How an aggregate is folded and written: its pure decider and the codec of its events. */
export interface Aggregate<State, Event> {
  readonly kind: string;
  readonly initial: State;
  evolve(state: State, event: Event): State;
  /** Undefined: a body that this build does not understand; the stream is then closed to commands here. */
  decode(type: string, data: unknown): Event | undefined;
  encode(event: Event): { readonly type: string; readonly terminal: boolean; readonly data: unknown };
}

export interface Loaded<State> extends Traced<State> {
  /** Position of the newest event of the stream; undefined when there is none. */
  readonly position: Position | undefined;
}

/** What a decision may be: one event, nothing to do, or a business no. */
export type Decision<Event, Rejection> =
  { readonly ok: true; readonly event: Event | undefined } | { readonly ok: false; readonly rejection: Rejection };

export type Outcome<State, Rejection> =
  | (Traced<State> & { readonly outcome: 'appended' | 'unchanged'; readonly position: Position })
  | { readonly outcome: 'rejected'; readonly rejection: Rejection }
  /** Somebody else kept winning the next revision: answer 409, the caller may try again. */
  | { readonly outcome: 'contended' };

export interface EventEnvelope {
  readonly newId: () => string;
  readonly time: string;
  readonly source: string;
  readonly metadata: EventMetadata;
}

const ATTEMPTS = 5;

/** The stream holds an event of a newer schema: nothing may be decided here until this service is upgraded. */
export class StreamNotUnderstood extends Error {
  override readonly name = 'StreamNotUnderstood';
}

/** Loads aggregates from the log and appends what they decide: load, decide, append one event, or decide again. */
export class AggregateRepository<State, Event> {
  constructor(
    private readonly log: EventLog,
    private readonly aggregate: Aggregate<State, Event>,
    private readonly source: string,
  ) {}

  stream(id: string): StreamName {
    return streamName(`${this.aggregate.kind}/${id}`);
  }

  /** The state as far as this process has read the log. Throws `StreamNotUnderstood`. */
  async load(id: string): Promise<Loaded<State>> {
    let loaded: Loaded<State> = {
      state: this.aggregate.initial,
      revision: 0,
      provenance: UNKNOWN_PROVENANCE,
      position: undefined,
    };
    for await (const recorded of this.log.readStream(this.stream(id))) {
      const event = this.aggregate.decode(recorded.type, recorded.data);
      if (event === undefined) throw new StreamNotUnderstood(`${recorded.type} at revision ${recorded.revision}`);
      const state = this.aggregate.evolve(loaded.state, event);
      const { revision, position, metadata } = recorded;
      loaded = { state, revision, position, provenance: provenanceAfter(loaded, state, metadata) };
    }
    return loaded;
  }

  /**
   * Decides on the newest state and appends the one event, at most 5 times when others win the revision. Rejects like
   * `EventLog.append`. Safe to repeat with the same command id: `decide` then finds it in the state.
   */
  async execute<Rejection>(
    id: string,
    decide: (state: State, revision: number) => Decision<Event, Rejection>,
    envelope: Omit<EventEnvelope, 'source'>,
  ): Promise<Outcome<State, Rejection>> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const loaded = await this.load(id);
      const decision = decide(loaded.state, loaded.revision);
      if (!decision.ok) return { outcome: 'rejected', rejection: decision.rejection };
      if (decision.event === undefined) return this.#unchanged(loaded);
      const appended = await this.#append(id, loaded, decision.event, envelope);
      if (appended !== undefined) return appended;
    }
    return { outcome: 'contended' };
  }

  /** The event that made it so may be another writer's: confirm only after a head covers it (ARCHITECTURE section 3). */
  async #unchanged(loaded: Loaded<State>): Promise<Outcome<State, never>> {
    const position = loaded.position ?? this.log.head().position;
    await this.log.confirm(position);
    return { ...loaded, outcome: 'unchanged', position };
  }

  async #append(
    id: string,
    loaded: Loaded<State>,
    event: Event,
    envelope: Omit<EventEnvelope, 'source'>,
  ): Promise<Outcome<State, never> | undefined> {
    const { type, terminal, data } = this.aggregate.encode(event);
    const result = await appendTraced(this.log, {
      topic: TOPIC.lifecycle,
      stream: this.stream(id),
      claim: terminal ? 'terminal' : loaded.revision + 1,
      event: {
        id: envelope.newId(),
        type,
        time: envelope.time,
        source: this.source,
        data,
        metadata: envelope.metadata,
      },
    });
    if (result.outcome === 'conflict') return undefined;
    const { revision, position } = result;
    const state = this.aggregate.evolve(loaded.state, event);
    return {
      outcome: 'appended',
      state,
      revision,
      position,
      provenance: provenanceAfter(loaded, state, envelope.metadata),
    };
  }
}
