import fc from 'fast-check';
import {
  boundSettings,
  codeSettings,
  codeUse,
  historyOf,
  instant,
  metaOf,
  pairingCodeCommand,
  secretOf,
  stateAfter,
  useRequest,
  viewOf,
} from '../../testing';
import { unixMs } from '../shared/time';
import { evaluate } from '../validation';
import { pairingCode } from './decide';
import { CHANGEABLE, widenedSettings } from './narrowing';
import type { CodeSettings } from './settings';
import { settingsFault } from './settings-check';

const settings = codeSettings.filter((its) => settingsFault(its) === undefined);
const commands = fc.array(pairingCodeCommand, { maxLength: 30 });
const histories = commands.map((all) => historyOf(pairingCode, all));

/** A code that may do everything. Laws of narrowing look at few settings at once: all at once allow hardly anything. */
const unlimited = boundSettings({
  scopes: ['*:*:*'],
  ipAllowList: [],
  notBefore: null,
  expiresAt: null,
  idleTimeoutMs: null,
  sessionLimitMs: null,
  usesMax: null,
  rateLimits: {},
  freshnessBoundMs: null,
});

/** Two codes that differ in few settings. */
const twoCodes = fc.tuple(settings, settings, fc.subarray([...CHANGEABLE], { maxLength: 3 })).map(([a, b, names]) => {
  const only = (its: CodeSettings) => ({ ...unlimited, ...Object.fromEntries(names.map((name) => [name, its[name]])) });
  return [only(a), only(b)] as const;
});

describe('laws of a code', () => {
  it('narrowing never widens: what is allowed afterwards was allowed before, at any instant, from anywhere', () => {
    let narrowedAndAllowed = 0;
    fc.assert(
      fc.property(twoCodes, codeUse, useRequest, instant, ([before, after], use, request, now) => {
        if (widenedSettings(after, before).length > 0 || !evaluate(viewOf(after, use), request, now).allowed) return;
        narrowedAndAllowed += JSON.stringify(before) === JSON.stringify(unlimited) ? 0 : 1;
        expect(evaluate(viewOf(before, use), request, now).allowed).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(narrowedAndAllowed).toBeGreaterThan(100); // or the law was hardly asked
  });

  it('an update without the right to widen is carried out only where it narrows', () => {
    fc.assert(
      fc.property(twoCodes, ([before, { masterKeyId: _, ...changes }]) => {
        const [issue] = historyOf(pairingCode, [
          {
            type: 'IssueCode',
            meta: metaOf('1', unixMs(0)),
            codeId: 'code-1',
            settings: before,
            secret: secretOf('1'),
          },
        ]);
        if (issue === undefined) throw new Error('not issued');
        const state = pairingCode.evolve(pairingCode.initialState, issue);
        const decided = pairingCode.decide({ type: 'UpdateCode', meta: metaOf('2'), changes, mayWiden: false }, state);
        const after = decided.ok && decided.value ? pairingCode.evolve(state, decided.value) : state;
        if (after.status === 'unissued') throw new Error('unissued after an update');
        expect(widenedSettings(after.settings, before)).toEqual([]);
        const isNarrowing = widenedSettings({ ...before, ...changes }, before).length === 0;
        expect(decided.ok).toBe(isNarrowing);
        if (decided.ok) expect(after.settings).toEqual({ ...before, ...changes });
      }),
      { numRuns: 500 },
    );
  });

  it('narrowing is reflexive and transitive', () => {
    const narrows = (now: Parameters<typeof widenedSettings>[0], before: typeof now): boolean =>
      widenedSettings(now, before).length === 0;
    fc.assert(
      fc.property(settings, settings, settings, (a, b, c) => {
        expect(narrows(a, a)).toBe(true);
        // Setting by setting: whole settings hardly ever narrow each other twice by chance.
        for (const name of ['scopes', 'ipAllowList', 'notBefore', 'expiresAt', 'usesMax', 'rateLimits'] as const) {
          const [x, y, z] = [a, { ...a, [name]: b[name] }, { ...a, [name]: c[name] }];
          if (narrows(x, y) && narrows(y, z)) expect(narrows(x, z)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('at most two secrets live, and a renewed code never takes one of its own again', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const state = stateAfter(pairingCode, history);
        if (state.status === 'unissued') return;
        expect(state.secret.codeHash).not.toBe(state.previous?.codeHash);
      }),
    );
  });

  it('every update says what was and what is: the trail alone gives the settings of any time', () => {
    fc.assert(
      fc.property(histories, (history) => {
        history.forEach((event, i) => {
          if (event.type !== 'PairingCodeUpdated') return;
          const [before, after] = [i, i + 1].map((count) => stateAfter(pairingCode, history.slice(0, count)));
          if (before?.status !== 'active' && before?.status !== 'suspended') throw new Error('updated before issued');
          if (after === undefined || after.status === 'unissued') throw new Error('unissued after an update');
          expect(event.data.changes.length).toBeGreaterThan(0);
          for (const change of event.data.changes) {
            expect(change.before).toEqual(before.settings[change.setting]);
            expect(change.after).toEqual(after.settings[change.setting]);
          }
        });
      }),
    );
  });
});
