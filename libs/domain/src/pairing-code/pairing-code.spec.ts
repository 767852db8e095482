import { milliseconds, pairingCode, unixMs } from '../index';
import { NEW_YEAR, boundSettings, codeCommands, codeEvents, metaOf, secretOf, specificationOf } from '../../testing';

const { given } = specificationOf(pairingCode);
const { issue, update, rotate, reissue, suspend, resume, revoke } = codeCommands;
const { issued, rotated, reissued, suspended, resumed, revoked } = codeEvents;

const changing: readonly (readonly [string, ReturnType<typeof suspend>])[] = [
  ['update', update({ label: 'new' })],
  ['rotate', rotate('second')],
  ['reissue', reissue('second')],
  ['suspend', suspend()],
  ['resume', resume()],
  ['revoke', revoke()],
];

describe('issuing a code', () => {
  it('is one event with settings and secret', () => given().when(issue()).then(issued()));

  it('asked again with the same command id is nothing new', () => given(issued()).when(issue()).thenNothing());

  it('refuses an id that is taken', () =>
    void given(issued()).when(issue(boundSettings(), 'other')).thenRejects('already-exists', 'codeId'));

  it('refuses an end that has passed already, also at this very millisecond', () => {
    for (const expiresAt of [NEW_YEAR, unixMs(NEW_YEAR - 1)]) {
      given()
        .when(issue(boundSettings({ notBefore: null, expiresAt })))
        .thenRejects('invalid-value', 'expiresAt');
    }
  });

  it.each(changing)('nothing else can be done before: %s', (_, command) => {
    given().when(command).thenRejects('not-found', 'codeId');
  });
});

describe('updating a code', () => {
  it('records the old and the new value of what changed, and nothing else', () =>
    given(issued())
      .when(update({ label: 'new label', usesMax: 9, owner: 'team-a' }))
      .then({
        type: 'PairingCodeUpdated',
        data: {
          codeId: 'code-1',
          at: NEW_YEAR,
          command: metaOf('update').command,
          changes: [
            { setting: 'label', before: 'reporting job', after: 'new label' },
            { setting: 'usesMax', before: 10, after: 9 },
          ],
        },
      }));

  it('is nothing when everything is as asked', () =>
    given(issued())
      .when(update({ ...boundSettings() }))
      .thenNothing());

  it('leaves alone what is undefined', () =>
    given(issued())
      .when(update({ expiresAt: undefined, scopes: undefined }))
      .thenNothing());

  it('never changes the master key, whatever a caller smuggles in', () => {
    const smuggled = JSON.parse('{"masterKeyId":"mk-2","status":"active","__proto__":{"label":"x"}}') as object;
    given(issued()).when(update(smuggled, true)).thenNothing();
  });

  it('refuses settings that are bad together, with the field', () => {
    given(issued())
      .when(update({ expiresAt: unixMs(NEW_YEAR + 1000) }))
      .thenRejects('invalid-value', 'expiresAt');
  });

  it('may end a code at once by an expiry in the past', () => {
    given(issued(boundSettings({ notBefore: null })))
      .when(update({ expiresAt: unixMs(NEW_YEAR - 1) }))
      .thenEvent('PairingCodeUpdated');
  });

  it('of a suspended code leaves it suspended', () => {
    expect(given(issued(), suspended()).state).toMatchObject({ status: 'suspended' });
    given(issued(), suspended())
      .when(update({ usesMax: 1 }))
      .thenEvent('PairingCodeUpdated');
  });

  it('folds into the settings', () => {
    const changes = [{ setting: 'label', before: 'reporting job', after: 'x' } as const];
    const event = { type: 'PairingCodeUpdated', data: { ...revoked().data, changes } } as const;
    expect(given(issued(), event).state).toMatchObject({ settings: boundSettings({ label: 'x' }) });
  });
});

describe('rotating a code', () => {
  it('brings a new secret and lets the old one live for the grace', () =>
    given(issued())
      .when(rotate('second', milliseconds(60_000)))
      .then(rotated('second', unixMs(NEW_YEAR + 60_000))));

  it('keeps the code, its settings and the old secret until the grace ends', () => {
    expect(given(issued(), rotated('second')).state).toMatchObject({
      codeId: 'code-1',
      status: 'active',
      settings: boundSettings(),
      secret: secretOf('second'),
      previous: { ...secretOf('first'), graceUntil: NEW_YEAR + 60_000 },
    });
  });

  it('twice kills the oldest secret at once: at most two ever live', () => {
    expect(given(issued(), rotated('second'), rotated('third')).state).toMatchObject({
      secret: secretOf('third'),
      previous: secretOf('second'),
    });
  });

  it('without grace ends the old secret now', () =>
    given(issued())
      .when(rotate('second', milliseconds(0)))
      .then(rotated('second', NEW_YEAR)));

  it('gives up to a week of grace', () => {
    const week = 7 * 86_400_000;
    given(issued())
      .when(rotate('second', milliseconds(week)))
      .thenEvent('PairingCodeRotated');
    given(issued())
      .when(rotate('second', milliseconds(week + 1)))
      .thenRejects('invalid-value', 'graceMs');
  });

  it.each([-1, 0.5, Number.NaN, Infinity])('refuses a grace of %d ms', (graceMs) => {
    given(issued())
      .when(rotate('second', milliseconds(graceMs)))
      .thenRejects('invalid-value', 'graceMs');
  });

  it('refuses the secret that the code has', () => {
    given(issued()).when(rotate('first')).thenRejects('invalid-value', 'secret');
  });

  it('refuses the secret that is in grace', () => {
    given(issued(), rotated('second')).when(rotate('first')).thenRejects('invalid-value', 'secret');
  });

  it('does not wake a suspended code', () => {
    expect(given(issued(), suspended(), rotated('second')).state).toMatchObject({ status: 'suspended' });
  });
});

describe('reissuing a lost code', () => {
  it('is ONE event, so that nobody is left with none or with two', () =>
    given(issued()).when(reissue('second')).then(reissued('second')));

  it('kills every older secret, also one in grace', () => {
    expect(given(issued(), rotated('second'), reissued('third')).state).toMatchObject({
      secret: secretOf('third'),
      previous: undefined,
      settings: boundSettings(),
    });
  });

  it.each(['first', 'second'])('refuses a secret that somebody may hold: %s', (old) => {
    given(issued(), rotated('second')).when(reissue(old)).thenRejects('invalid-value', 'secret');
  });
});

describe('suspending and resuming a code', () => {
  it('suspends', () => given(issued()).when(suspend()).then(suspended()));
  it('resumes', () => given(issued(), suspended()).when(resume()).then(resumed()));
  it('suspends once', () => given(issued(), suspended()).when(suspend('again')).thenNothing());
  it('resumes only what is suspended', () => given(issued()).when(resume()).thenNothing());
  it('can do so again and again', () =>
    given(issued(), suspended(), resumed()).when(suspend('again')).thenEvent('PairingCodeSuspended'));
  it('folds', () => {
    expect(given(issued(), suspended()).state).toMatchObject({ status: 'suspended' });
    expect(given(issued(), suspended(), resumed()).state).toMatchObject({ status: 'active' });
  });
});

describe('revoking a code', () => {
  it('revokes', () => given(issued()).when(revoke()).then(revoked()));
  it('revokes a suspended one, too', () => given(issued(), suspended()).when(revoke()).then(revoked()));
  it('is idempotent, by whomever', () => given(issued(), revoked()).when(revoke('somebody else')).thenNothing());
  it('notes when', () => {
    expect(given(issued(), revoked(unixMs(NEW_YEAR + 5))).state).toMatchObject({ revokedAt: NEW_YEAR + 5 });
  });

  it.each(changing.filter(([name]) => name !== 'revoke'))('is final: no %s after it', (_, command) => {
    given(issued(), revoked()).when(command).thenRejects('already-ended', 'codeId');
  });

  it('is final for the id, too', () => {
    given(issued(), revoked()).when(issue(boundSettings(), 'again')).thenRejects('already-exists', 'codeId');
  });

  it('is not undone by any event that follows', () => {
    const late = [issued(), resumed(), rotated('second'), reissued('third'), revoked(unixMs(NEW_YEAR + 9))];
    expect(given(issued(), revoked(), ...late).state).toEqual(given(issued(), revoked()).state);
  });
});

describe('a command id', () => {
  const pairs = [
    ['rotate', rotate('second'), rotated('second')],
    ['reissue', reissue('second'), reissued('second')],
    ['suspend', suspend(), suspended()],
    ['revoke', revoke(), revoked()],
  ] as const;

  it.each(pairs)('makes a retry of %s nothing', (_, command, event) => {
    given(issued(), event).when(command).thenNothing();
  });

  it('makes a retry nothing also when the code has moved on, and would be decided otherwise by now', () => {
    given(issued(), suspended(), resumed()).when(suspend()).thenNothing();
    given(issued(), rotated('second'), reissued('third')).when(rotate('second')).thenNothing();
    given(issued(), rotated('second'), revoked()).when(rotate('second')).thenNothing();
  });

  it('with another body is a mistake, never a retry', () => {
    const other = { ...suspend(), meta: metaOf('suspend', NEW_YEAR, 'another body') };
    given(issued(), suspended(), resumed()).when(other).thenRejects('command-id-reused', 'idempotencyKey');
  });

  it('is known for a revoked code as well', () => {
    const other = { ...resume(), meta: metaOf('suspend', NEW_YEAR, 'another body') };
    given(issued(), suspended(), revoked()).when(other).thenRejects('command-id-reused', 'idempotencyKey');
  });

  it('is remembered for 64 commands', () => {
    const toggles = Array.from({ length: 63 }, (_, i) => ({
      type: i % 2 === 0 ? ('PairingCodeSuspended' as const) : ('PairingCodeResumed' as const),
      data: { ...revoked().data, command: metaOf(`toggle ${i}`).command },
    }));
    given(issued(), ...toggles)
      .when(issue())
      .thenNothing();
    given(issued(), ...toggles, resumed())
      .when(issue())
      .thenRejects('already-exists', 'codeId');
  });
});

describe('a history that makes no sense', () => {
  it('changes nothing before the code was issued', () => {
    expect(given(revoked(), suspended(), rotated('x')).state).toEqual(pairingCode.initialState);
  });

  it('does not issue twice', () => {
    const again = issued(boundSettings({ label: 'usurper' }));
    expect(given(issued(), again).state).toMatchObject({ settings: { label: 'reporting job' } });
  });
});
