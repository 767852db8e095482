import fc from 'fast-check';
import { type Mutant, MUTANTS } from '../testing/simulated-store';
import { type Action, ACTIONS, World } from '../testing/simulated-world';

/**
 * INVARIANTS I1 against the real rules in a world of arbitrary interleavings, and the same world against each mutant:
 * one that no run of the mutant can break proves nothing. More runs: FRESHNESS_RUNS=1000000.
 */
const RUNS = Number(process.env['FRESHNESS_RUNS'] ?? 10_000);
const MUTANT_RUNS = 200_000;
const SEED = 20260;

const action = fc.record<Action>({
  type: fc.constantFrom(...ACTIONS, 'tick', 'hear renewal', 'follow coordination'),
  who: fc.constantFrom(0, 1),
  amount: fc.nat(14),
});
const actions = fc.array(action, { minLength: 60, maxLength: 60 });

const violationsOf = (history: readonly Action[], mutant?: Mutant): readonly string[] => {
  const world = new World(mutant);
  for (const step of history) world.step(step);
  return world.store.violations;
};

describe('the freshness rules, under crashes, pauses, stale readers, late, lost and doubled records', () => {
  it('never allow on a state without the revocation later than ack + L, nor after a complete receipt', () => {
    fc.assert(
      fc.property(actions, (history) => expect(violationsOf(history)).toEqual([])),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it.each(MUTANTS)('are all needed: the world catches "%s"', (mutant) => {
    const search = fc.property(actions, (history) => violationsOf(history, mutant).length === 0);
    const found = fc.check(search, { numRuns: MUTANT_RUNS, seed: SEED, endOnFailure: true });
    expect(found.failed).toBe(true);
  });
});
