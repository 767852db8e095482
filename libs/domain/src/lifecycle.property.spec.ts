import fc from 'fast-check';
import { historyOf, masterKeyCommand, operatorCommand, pairingCodeCommand, stateAfter } from '../testing';
import {
  COMMANDS_KEPT, type CommandMeta, type Decider, TERMINAL_EVENTS, isTerminalEvent, masterKey, operator, pairingCode,
} from './index'; // prettier-ignore

interface Named {
  readonly type: string;
}

/** What every aggregate of the lifecycle log promises, told once. */
const describeLifecycle = <
  State extends { readonly status: string },
  Command extends { readonly meta: CommandMeta },
  Event extends Named,
>(
  name: string,
  decider: Decider<State, Command, Event>,
  command: fc.Arbitrary<Command>,
): void => {
  const commands = fc.array(command, { maxLength: 40 });
  const histories = commands.map((all) => historyOf(decider, all));
  /** Any events in any order: nothing that `decide` would ever have said. */
  const nonsense = fc
    .tuple(
      histories,
      fc.array(histories, { maxLength: 3 }).chain((all) => fc.shuffledSubarray(all.flat())),
    )
    .map((all) => all.flat());
  const foreign = fc.record({ type: fc.string(), data: fc.anything() }) as fc.Arbitrary<never>;

  describe(`laws of ${name}`, () => {
    it('evolve is total: any events in any order fold, and unknown ones change nothing', () => {
      fc.assert(
        fc.property(nonsense, foreign, (history, unknown) => {
          const state = stateAfter(decider, history);
          expect(decider.evolve(state, unknown)).toBe(state);
          expect(decider.evolve(decider.initialState, unknown)).toBe(decider.initialState);
        }),
      );
    });

    it('replay of any split is replay of all, also when the state was stored in between', () => {
      fc.assert(
        fc.property(nonsense, fc.nat(60), (history, cut) => {
          const kept = JSON.parse(JSON.stringify(stateAfter(decider, history.slice(0, cut)))) as State;
          expect(stateAfter(decider, history.slice(cut), kept)).toEqual(stateAfter(decider, history));
        }),
      );
    });

    it('what has ended never comes back: no event and no command changes anything after a terminal event', () => {
      let ended = 0;
      fc.assert(
        fc.property(nonsense, nonsense, commands, (before, later, asked) => {
          const end = before.findIndex((event, i) => isTerminalEvent(event) && stateAfter(decider, before.slice(0, i)).status !== decider.initialState.status);
          if (end < 0) return;
          ended += 1;
          const state = stateAfter(decider, before.slice(0, end + 1));
          expect(stateAfter(decider, [...before.slice(end + 1), ...later], state)).toBe(state);
          for (const one of asked) {
            const decided = decider.decide(one, state);
            expect(decided.ok && decided.value !== undefined).toBe(false);
          }
        }),
        { numRuns: 300 },
      ); // prettier-ignore
      expect(ended).toBeGreaterThan(20); // or the law was hardly asked
    });

    it('a terminal event ends whatever came to be, at any moment', () => {
      fc.assert(
        fc.property(histories, histories, (history, other) => {
          const end = other.find((event) => isTerminalEvent(event));
          const state = stateAfter(decider, history);
          if (end === undefined || state.status === decider.initialState.status) return;
          expect(['revoked', 'removed']).toContain(decider.evolve(state, end).status);
        }),
      );
    });

    it('a command that was carried out is never carried out again within the next 64, and its id never means another', () => {
      fc.assert(
        fc.property(commands, (all) => {
          let state = decider.initialState;
          const done: Command[] = [];
          for (const one of all) {
            const decided = decider.decide(one, state);
            if (!decided.ok || decided.value === undefined) continue;
            state = decider.evolve(state, decided.value);
            done.push(one);
            for (const earlier of done.slice(-COMMANDS_KEPT)) {
              const { id } = earlier.meta.command;
              expect(decider.decide(earlier, state)).toEqual({ ok: true, value: undefined });
              const meta = { ...earlier.meta, command: { id, bodyHash: 'yet another body' } };
              expect(decider.decide({ ...earlier, meta }, state)).toMatchObject({ rejection: { code: 'command-id-reused' } });
            }
          }
        }),
      ); // prettier-ignore
    });

    it('decide is a function: the same command on the same state is decided alike, and neither is written to', () => {
      fc.assert(
        fc.property(histories, command, (history, one) => {
          const state = stateAfter(decider, history);
          const [stateBefore, commandBefore] = [JSON.stringify(state), JSON.stringify(one)];
          expect(decider.decide(one, state)).toEqual(decider.decide(one, state));
          expect([JSON.stringify(state), JSON.stringify(one)]).toEqual([stateBefore, commandBefore]);
        }),
      );
    });
  });
};

describeLifecycle('a pairing code', pairingCode, pairingCodeCommand);
describeLifecycle('a master key', masterKey, masterKeyCommand);
describeLifecycle('an operator', operator, operatorCommand);

describe('terminal events', () => {
  it('are these three, and no other event is', () => {
    expect(TERMINAL_EVENTS).toEqual(['PairingCodeRevoked', 'MasterKeyRevoked', 'OperatorRemoved']);
    expect(isTerminalEvent({ type: 'PairingCodeSuspended' })).toBe(false);
  });
});
