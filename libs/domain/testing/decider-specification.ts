import type { Decider, Rejection, RejectionCode } from '../src/index';

/** The end of a story: what the decision has to be. */
export interface Outcome<State, Event> {
  /** The state before the command. */
  readonly state: State;
  /** Decided: exactly this event. */
  then(event: Event): void;
  /** Decided: an event of this type, with at least these facts. */
  thenEvent(type: string, facts?: object): void;
  /** Done before, or as asked already. */
  thenNothing(): void;
  /** A business no, with the field that is at fault. */
  thenRejects(code: RejectionCode, field?: string): Rejection;
}

export interface Story<State, Command, Event> {
  /** The state that this history makes. */
  readonly state: State;
  when(command: Command): Outcome<State, Event>;
}

/**
 * Given a history, when a command comes, then this event (or nothing, or a no). Every step is data, so a specification
 * reads as a story and touches nothing but the decider. All of it is frozen: a decider that changed its past would throw.
 */
export const specificationOf = <State, Command, Event>(decider: Decider<State, Command, Event>) => ({
  given: (...history: readonly Event[]): Story<State, Command, Event> => {
    const evolve = (state: State, event: Event): State => frozen(decider.evolve(state, frozen(event)));
    const state = history.reduce(evolve, frozen(decider.initialState));
    return { state, when: (command) => outcome(decider, state, frozen(command)) };
  },
});

const outcome = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  state: State,
  command: Command,
): Outcome<State, Event> => {
  const decided = decider.decide(command, state);
  return {
    state,
    then: (event) => expect(decided).toEqual({ ok: true, value: event }),
    thenEvent: (type, facts = {}) => expect(decided).toMatchObject({ ok: true, value: { type, data: facts } }),
    thenNothing: () => expect(decided).toEqual({ ok: true, value: undefined }),
    thenRejects: (code, field) => {
      if (decided.ok) throw new Error(`expected a rejection ${code}, decided ${JSON.stringify(decided.value)}`);
      expect({ code: decided.rejection.code, field: decided.rejection.field }).toEqual({ code, field });
      // A no says what is wrong and what would be right.
      expect(decided.rejection.problem).not.toBe('');
      expect(decided.rejection.remedy).not.toBe('');
      return decided.rejection;
    },
  };
};

const frozen = <Value>(value: Value): Value => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  Object.values(value).forEach(frozen);
  return value;
};
