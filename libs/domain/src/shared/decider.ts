import type { Rejection } from './rejection';
import type { Result } from './result';

/** At most one event: one append is one record, and what must happen together is one event. */
export type Decided<Event> = Result<Event | undefined, Rejection>;

/** The write side of one aggregate, whole: the state is a function of the history, a decision of state and command. */
export interface Decider<State, Command, Event> {
  readonly initialState: State;
  /** Total: never throws, ignores what it does not know, never looks at a clock. */
  evolve(state: State, event: Event): State;
  /** `undefined` as value: nothing to do, the state is already as asked. */
  decide(command: Command, state: State): Decided<Event>;
}
