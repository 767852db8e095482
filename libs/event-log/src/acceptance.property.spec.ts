import fc from 'fast-check';
import { AcceptanceState, type Verdict } from './acceptance';
import type { Claim } from './event-log.port';

const claim = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant<Claim>('terminal'));
const history = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), claim), { maxLength: 60 });
const judgeAll = (records: readonly (readonly [string, Claim])[], state = new AcceptanceState()): Verdict[] =>
  records.map(([stream, its]) => state.admit(stream, its));

describe('laws of acceptance', () => {
  it('accepted revisions of a stream are 1, 2, 3... without gap or repeat, and a terminal one is the last', () => {
    fc.assert(
      fc.property(history, (records) => {
        const verdicts = judgeAll(records);
        for (const stream of ['a', 'b', 'c']) {
          const accepted = verdicts.filter((verdict, i) => records[i]?.[0] === stream && verdict.accepted);
          expect(accepted.map((verdict) => (verdict.accepted ? verdict.revision : 0))).toEqual(
            accepted.map((_, i) => i + 1),
          );
          const ends = accepted.map((verdict) => verdict.accepted && verdict.closes);
          expect(ends.slice(0, -1)).not.toContain(true);
        }
      }),
    );
  });

  it('the verdict on a record depends only on what lies before it: any split of the history judges alike', () => {
    fc.assert(
      fc.property(history, fc.nat(60), (records, cut) => {
        const first = new AcceptanceState();
        const before = judgeAll(records.slice(0, cut), first);
        const after = judgeAll(records.slice(cut), first.copy());
        expect([...before, ...after]).toEqual(judgeAll(records));
      }),
    );
  });

  it('a second copy of any record, at any later place, is never accepted (resending is safe)', () => {
    fc.assert(
      fc.property(history, fc.nat(59), fc.nat(60), (records, which, gap) => {
        const original = records[which];
        if (original === undefined || original[1] === 'terminal') return;
        const verdicts = judgeAll(records);
        if (verdicts[which]?.accepted !== true) return;
        const at = Math.min(which + 1 + gap, records.length);
        const withCopy = [...records.slice(0, at), original, ...records.slice(at)];
        expect(judgeAll(withCopy)[at]).toEqual({ accepted: false });
      }),
    );
  });

  it('a forgotten stream would accept its first event again: the state must never drop one (planted mutant)', () => {
    const full = new AcceptanceState();
    judgeAll(
      [
        ['a', 1],
        ['a', 'terminal'],
      ],
      full,
    );
    const forgetful = new AcceptanceState();
    expect(full.admit('a', 1).accepted).toBe(false);
    expect(forgetful.admit('a', 1).accepted).toBe(true);
  });
});
