import fc from 'fast-check';
import { historyOf, metaOf, scope, scopes, stateAfter } from '../../testing';
import { type SubscriptionCommand, type SubscriptionEvent, mayIssueFor, printScope, subscription } from '../index';

const list = fc.array(scope, { maxLength: 4 }).map((all) => all.map(printScope));
const commands: fc.Arbitrary<readonly SubscriptionCommand[]> = fc.array(
  fc.record({
    type: fc.constant('ChangeSubscription' as const),
    meta: fc.nat(20).map((id) => metaOf(`command ${id}`)),
    account: fc.constant('acme'),
    scopes: list,
  }),
  { maxLength: 30 },
);
const histories = commands.map((all) => historyOf(subscription, all));
/** Events in an order that no decision ever made. */
const nonsense: fc.Arbitrary<readonly SubscriptionEvent[]> = fc
  .array(histories, { maxLength: 3 })
  .chain((all) => fc.shuffledSubarray(all.flat()));
const foreign = fc.record({ type: fc.string(), data: fc.anything() }) as fc.Arbitrary<never>;

describe('laws of a subscription', () => {
  it('evolve is total: any events in any order fold, and unknown ones change nothing', () => {
    fc.assert(
      fc.property(nonsense, foreign, (history, unknown) => {
        const state = stateAfter(subscription, history);
        expect(subscription.evolve(state, unknown)).toBe(state);
      }),
    );
  });

  it('replay of any split is replay of all', () => {
    fc.assert(
      fc.property(nonsense, fc.nat(40), (history, cut) => {
        const kept = stateAfter(subscription, history.slice(0, cut));
        expect(stateAfter(subscription, history.slice(cut), kept)).toEqual(stateAfter(subscription, history));
      }),
    );
  });

  it('each event says what was before it: the trail has no hole', () => {
    fc.assert(
      fc.property(histories, (history) => {
        history.forEach(({ data }, i) =>
          expect(data.before).toEqual(stateAfter(subscription, history.slice(0, i)).scopes),
        );
      }),
    );
  });

  it('an account that may issue for some scopes may issue for any that those allow, and for no others', () => {
    fc.assert(
      fc.property(list, scopes, scopes, (subscribed, wide, narrow) => {
        const [outer, inner] = [wide.map(printScope), narrow.map(printScope)];
        if (mayIssueFor(subscribed, outer) && mayIssueFor(outer, inner)) {
          expect(mayIssueFor(subscribed, inner)).toBe(true);
        }
        expect(mayIssueFor(subscribed, [...outer, ...inner])).toBe(
          mayIssueFor(subscribed, outer) && mayIssueFor(subscribed, inner),
        );
      }),
    );
  });
});
