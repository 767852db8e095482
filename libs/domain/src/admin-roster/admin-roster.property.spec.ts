import fc from 'fast-check';
import { adminRosterCommand, historyOf, metaOf, stateAfter } from '../../testing';
import { type AdminRoster, type AdminRosterCommand, type AdminRosterEvent, adminRoster } from '../index';

const histories = fc.array(adminRosterCommand, { maxLength: 40 }).map((all) => historyOf(adminRoster, all));
const nonsense: fc.Arbitrary<readonly AdminRosterEvent[]> = fc
  .array(histories, { maxLength: 3 })
  .chain((all) => fc.shuffledSubarray(all.flat()));

describe('laws of the roster of admins', () => {
  it('replay of any split is replay of all, also when the state was stored in between', () => {
    fc.assert(
      fc.property(nonsense, fc.nat(40), (history, cut) => {
        const kept = JSON.parse(JSON.stringify(stateAfter(adminRoster, history.slice(0, cut)))) as AdminRoster;
        expect(stateAfter(adminRoster, history.slice(cut), kept)).toEqual(stateAfter(adminRoster, history));
      }),
    );
  });

  it('once somebody is on it, it is never empty again', () => {
    fc.assert(
      fc.property(histories, (history) => {
        history.forEach((_, i) => {
          expect(Object.keys(stateAfter(adminRoster, history.slice(0, i + 1)).enrolled)).not.toHaveLength(0);
        });
      }),
    );
  });
});

describe('the bar for late enrolments', () => {
  it('only rises', () => {
    const bar = (upTo: number | null | undefined): number => (upTo === null ? Infinity : (upTo ?? -1));
    fc.assert(
      fc.property(histories, (history) => {
        history.forEach((event, i) => {
          if (event.type !== 'AdminWithdrawn') return;
          const { withdrawn } = stateAfter(adminRoster, history.slice(0, i));
          expect(bar(event.data.upTo)).toBeGreaterThan(bar(withdrawn[event.data.operatorId]));
        });
      }),
    );
  });
});

// The protocol of the issuers, step by step, on two kinds of streams: the roster and one stream per operator.

interface Truth {
  roster: AdminRoster;
  readonly operators: Map<string, { revision: number; admin: boolean; removed: boolean }>;
}
/** One step of one request; false = somebody else won the revision, the request begins again. */
type Step = (truth: Truth) => boolean;
interface Request {
  readonly kind: 'promote' | 'demote' | 'remove' | 'touch' | 'reconcile';
  readonly who: string;
}

let commands = 0;
const tell = (truth: Truth, command: AdminRosterCommand): boolean => {
  const decided = adminRoster.decide(command, truth.roster);
  if (decided.ok && decided.value !== undefined) truth.roster = adminRoster.evolve(truth.roster, decided.value);
  return decided.ok;
};
const operatorOf = (truth: Truth, who: string) => {
  const its = truth.operators.get(who);
  if (its === undefined) throw new Error(`nobody called ${who}`);
  return its;
};

/** What one request does: each step is one append, and anybody's steps may come in between. */
const stepsOf = ({ kind, who }: Request): readonly Step[] => {
  let seen = 0;
  const meta = () => metaOf(`command ${(commands += 1)}`);
  const look: Step = (truth) => ((seen = operatorOf(truth, who).revision), !operatorOf(truth, who).removed);
  const write =
    (change: object): Step =>
    (truth) => {
      const its = operatorOf(truth, who);
      if (its.removed || its.revision !== seen) return false;
      Object.assign(its, change, { revision: (seen += 1) });
      return true;
    };
  const enrol: Step = (truth) => tell(truth, { type: 'EnrolAdmin', meta: meta(), operatorId: who, since: seen });
  const withdraw: Step = (truth) => tell(truth, { type: 'WithdrawAdmin', meta: meta(), operatorId: who, upTo: seen });
  const bar: Step = (truth) => tell(truth, { type: 'WithdrawAdmin', meta: meta(), operatorId: who, upTo: null });
  const end: Step = (truth) => (Object.assign(operatorOf(truth, who), { removed: true, admin: false }), true);
  switch (kind) {
    case 'promote':
      return [look, write({ admin: true }), enrol];
    case 'demote':
      return [look, withdraw, write({ admin: false })];
    case 'remove':
      return [bar, end];
    case 'reconcile':
      return [look, (truth) => operatorOf(truth, who).admin && operatorOf(truth, who).revision === seen, enrol];
    case 'touch':
      return [look, write({})];
  }
};

const request: fc.Arbitrary<Request> = fc.record({
  kind: fc.constantFrom('promote', 'demote', 'demote', 'remove', 'touch', 'reconcile'),
  who: fc.constantFrom('ada', 'bob', 'cyd'),
});

describe('whatever admins do to each other at the same time, and wherever a process dies', () => {
  it('whoever is on the roster is an admin in fact, so there is always one', () => {
    let lost = 0;
    fc.assert(
      fc.property(fc.array(request, { minLength: 2, maxLength: 8 }), fc.array(fc.nat(7), { maxLength: 30 }), (all, order) => {
        const ada = { revision: 1, admin: true, removed: false };
        const truth: Truth = {
          roster: adminRoster.initialState,
          operators: new Map([['ada', ada], ...['bob', 'cyd'].map((one) => [one, { ...ada }] as const)]),
        };
        for (const who of ['ada', 'bob', 'cyd']) {
          tell(truth, { type: 'EnrolAdmin', meta: metaOf(`first ${who}`), operatorId: who, since: 1 });
        }
        const running = all.map((one) => [...stepsOf(one)]);
        for (const turn of order) {
          const steps = running[turn % running.length] ?? [];
          const step = steps.shift();
          if (step !== undefined && !step(truth)) steps.length = 0; // refused, or lost the race: as good as a crash
          for (const who of Object.keys(truth.roster.enrolled)) expect(operatorOf(truth, who).admin).toBe(true);
          expect([...truth.operators.values()].some(({ admin }) => admin)).toBe(true);
        }
        if ([...truth.operators.values()].filter(({ admin }) => admin).length === 1) lost += 1;
      }),
      { numRuns: 3000 },
    ); // prettier-ignore
    expect(lost).toBeGreaterThan(50); // or the law was hardly asked
  });
});
