import { NEW_YEAR, metaOf, specificationOf } from '../../testing';
import {
  type ChangeDetectionSettings, type DetectionSettingsEvent, NO_SETTINGS, detectionSettings, isMuted, milliseconds,
  rulesInForce, unixMs,
} from '../index'; // prettier-ignore

const { given } = specificationOf(detectionSettings);
const change = (changes: ChangeDetectionSettings['changes'], id = 'change'): ChangeDetectionSettings => ({
  type: 'ChangeDetectionSettings', meta: metaOf(id), changes,
}); // prettier-ignore
const refusals = { enabled: true, refusalsMin: 3, windowMs: milliseconds(10_000) };
const changed = (after: object, before: object = {}, id = 'change'): DetectionSettingsEvent => ({
  type: 'DetectionSettingsChanged',
  data: {
    at: NEW_YEAR,
    command: metaOf(id).command,
    before: { ...NO_SETTINGS, ...before },
    after: { ...NO_SETTINGS, ...before, ...after },
  },
});
const configured = {
  'repeated-refusals': { refusalsMin: 5, windowMs: milliseconds(60_000) },
  'request-rate': { requestsPerHourMax: 100 },
  'outside-use': { quietMs: milliseconds(1000) },
};

describe('detection settings', () => {
  it('change what is named, and say what was before', () => {
    given()
      .when(change({ repeatedRefusals: refusals }))
      .then(changed({ repeatedRefusals: refusals }));
    given(changed({ repeatedRefusals: refusals }, {}, 'first'))
      .when(change({ repeatedRefusals: null }))
      .then(changed({ repeatedRefusals: null }, { repeatedRefusals: refusals }));
    given(changed({ repeatedRefusals: refusals }, {}, 'first'))
      .when(change({ repeatedRefusals: refusals }))
      .thenNothing();
  });

  it.each([
    [{ repeatedRefusals: { ...refusals, refusalsMin: 0 } }, 'repeatedRefusals.refusalsMin'],
    [{ repeatedRefusals: { ...refusals, windowMs: milliseconds(999) } }, 'repeatedRefusals.windowMs'],
    [{ requestRate: { enabled: true, requestsPerHourMax: 1.5 } }, 'requestRate.requestsPerHourMax'],
    [{ outsideUse: { enabled: true, quietMs: milliseconds(86_400_001) } }, 'outsideUse.quietMs'],
    [{ mutes: [{ entity: 'somebody', rule: null, until: NEW_YEAR }] }, 'mutes'],
    [{ mutes: Array.from({ length: 101 }, () => ({ entity: 'code/c', rule: null, until: NEW_YEAR })) }, 'mutes'],
  ])('refuse %j', (changes, field) => void given().when(change(changes)).thenRejects('invalid-value', field));

  it('are in force over the configuration, where they say something', () => {
    expect(rulesInForce(configured, NO_SETTINGS)).toMatchObject({ rules: configured, mutes: [] });
    const { rules, enabled } = rulesInForce(configured, {
      ...NO_SETTINGS,
      repeatedRefusals: { ...refusals, enabled: false },
    });
    expect(rules['repeated-refusals']).toMatchObject({ refusalsMin: 3 });
    expect(enabled).toEqual({ 'repeated-refusals': false, 'request-rate': true, 'outside-use': true });
  });

  it('mute an entity until a time, by one rule or by all', () => {
    const until = unixMs(NEW_YEAR + 10);
    const force = (rule: 'request-rate' | null) =>
      rulesInForce(configured, { ...NO_SETTINGS, mutes: [{ entity: 'code/c', rule, until }] });
    expect(isMuted(force(null), 'outside-use', 'code/c', NEW_YEAR)).toBe(true);
    expect(isMuted(force(null), 'outside-use', 'code/c', until)).toBe(false);
    expect(isMuted(force(null), 'outside-use', 'code/d', NEW_YEAR)).toBe(false);
    expect(isMuted(force('request-rate'), 'outside-use', 'code/c', NEW_YEAR)).toBe(false);
  });
});
