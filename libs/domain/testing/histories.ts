import type { Decider } from '../src/index';

/** The state that a history makes, from the beginning or from a state that was kept. */
export const stateAfter = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  history: readonly Event[],
  from: State = decider.initialState,
): State => history.reduce((state, event) => decider.evolve(state, event), from);

/** The history that commands make, one after the other; refused ones and repeats leave no event. */
export const historyOf = <State, Command, Event>(
  decider: Decider<State, Command, Event>,
  commands: readonly Command[],
): readonly Event[] => {
  const history: Event[] = [];
  let state = decider.initialState;
  for (const command of commands) {
    const decided = decider.decide(command, state);
    if (!decided.ok || decided.value === undefined) continue;
    history.push(decided.value);
    state = decider.evolve(state, decided.value);
  }
  return history;
};
