import fc from 'fast-check';
import { historyOf, stateAfter, targetServiceCommand } from '../../testing';
import { type TargetServiceEvent, isScopeName, offerFault, targetService } from '../index';

const histories = fc.array(targetServiceCommand, { maxLength: 40 }).map((all) => historyOf(targetService, all));
/** Events in an order that no decision ever made. */
const nonsense: fc.Arbitrary<readonly TargetServiceEvent[]> = fc
  .array(histories, { maxLength: 3 })
  .chain((all) => fc.shuffledSubarray(all.flat()));
const foreign = fc.record({ type: fc.string(), data: fc.anything() }) as fc.Arbitrary<never>;

describe('laws of the catalogue', () => {
  it('evolve is total: any events in any order fold, and unknown ones change nothing', () => {
    fc.assert(
      fc.property(nonsense, foreign, (history, unknown) => {
        const state = stateAfter(targetService, history);
        expect(targetService.evolve(state, unknown)).toBe(state);
      }),
    );
  });

  it('replay of any split is replay of all', () => {
    fc.assert(
      fc.property(nonsense, fc.nat(40), (history, cut) => {
        const kept = stateAfter(targetService, history.slice(0, cut));
        expect(stateAfter(targetService, history.slice(cut), kept)).toEqual(stateAfter(targetService, history));
      }),
    );
  });

  it('each change says what was before it: the trail has no hole', () => {
    fc.assert(
      fc.property(histories, (history) => {
        history.forEach((event, i) => {
          if (event.type !== 'TargetServiceChanged') return;
          expect(stateAfter(targetService, history.slice(0, i))).toMatchObject(event.data.before);
          expect(event.data.after).not.toEqual(event.data.before);
        });
      }),
    );
  });

  it('only a service that is offered takes scopes, and each part of them is its own or a wildcard', () => {
    const part = fc.constantFrom('a', 'b', 'c', '*');
    fc.assert(
      fc.property(histories, part, part, (history, resource, action) => {
        const state = stateAfter(targetService, history);
        const offered =
          state.status === 'offered' &&
          [...state.resources, '*'].includes(resource) &&
          [...state.actions, '*'].includes(action);
        expect(offerFault(state, { service: 'a', resource, action }) === undefined).toBe(offered);
        if (state.status !== 'unregistered') expect(state.resources.every(isScopeName)).toBe(true);
      }),
    );
  });
});
