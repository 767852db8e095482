import { type CodeSettings, milliseconds, pairingCode, unixMs } from '../index';
import { NEW_YEAR, boundSettings, codeCommands, codeEvents, specificationOf } from '../../testing';

const { given } = specificationOf(pairingCode);
const { issue, update } = codeCommands;

const repeated = (count: number, one: string): string[] => Array.from({ length: count }, () => one);
const ms = milliseconds;
type Case = readonly [what: string, field: keyof CodeSettings, bad: Partial<CodeSettings>];

const badTexts = (field: 'masterKeyId' | 'label' | 'owner' | 'purpose'): Case[] => [
  [`${field} of 201 characters`, field, { [field]: 'x'.repeat(201) }],
  [`${field} of two lines`, field, { [field]: 'one\ntwo' }],
  [`${field} with NUL`, field, { [field]: 'a\0b' }],
  [`${field} with half a character`, field, { [field]: 'a\ud800' }],
];
const badCounts = [0, -1, 1.5, Number.NaN, Infinity, 1e21];
const badDurations = (field: 'idleTimeoutMs' | 'sessionLimitMs' | 'freshnessBoundMs'): Case[] =>
  [...badCounts, 11 * 365 * 86_400_000].map((bad) => [`${field} ${bad}`, field, { [field]: ms(bad) }]);

const BAD: readonly Case[] = [
  ['no master key', 'masterKeyId', { masterKeyId: '' }],
  ['no label', 'label', { label: '' }],
  ...(['masterKeyId', 'label', 'owner', 'purpose'] as const).flatMap(badTexts),
  ['101 tags', 'tags', { tags: repeated(101, 'a') }],
  ['an empty tag', 'tags', { tags: ['a', ''] }],
  ['a tag of 65 characters', 'tags', { tags: ['x'.repeat(65)] }],
  ['a tag with a line feed', 'tags', { tags: ['a\n'] }],
  ['no scopes', 'scopes', { scopes: [] }],
  ['101 scopes', 'scopes', { scopes: repeated(101, 'a:b:c') }],
  ...['', 'a', 'a:b', 'a:b:c:d', 'a:b:', ':b:c', 'a:b*:c', 'a:../x:c', 'a:b:c\n'].map((bad): Case => [
    `scope ${JSON.stringify(bad)}`,
    'scopes',
    { scopes: ['a:b:c', bad] },
  ]),
  ['101 blocks', 'ipAllowList', { ipAllowList: repeated(101, '10.0.0.0/8') }],
  ...['', '10.0.0.1/8', '10.0.0.0/33', '010.0.0.0/8', '10.0.0.0/08', 'fe80::1%eth0', '::/129', 'localhost'].map(
    (bad): Case => [`block ${JSON.stringify(bad)}`, 'ipAllowList', { ipAllowList: ['10.0.0.0/8', bad] }],
  ),
  ...[-1, 0.5, Number.NaN, Infinity, 2 ** 53].flatMap((bad): Case[] => [
    [`notBefore ${bad}`, 'notBefore', { notBefore: unixMs(bad), expiresAt: null }],
    [`expiresAt ${bad}`, 'expiresAt', { expiresAt: unixMs(bad), notBefore: null }],
  ]),
  ['an end at the beginning', 'expiresAt', { notBefore: NEW_YEAR, expiresAt: NEW_YEAR }],
  ['an end before the beginning', 'expiresAt', { notBefore: unixMs(NEW_YEAR + 9), expiresAt: unixMs(NEW_YEAR + 8) }],
  ...(['idleTimeoutMs', 'sessionLimitMs', 'freshnessBoundMs'] as const).flatMap(badDurations),
  ...[...badCounts, 1_000_000_001].flatMap((bad): Case[] => [
    [`usesMax ${bad}`, 'usesMax', { usesMax: bad }],
    [`perMinute ${bad}`, 'rateLimits', { rateLimits: { perMinute: bad } }],
    [`perHour ${bad}`, 'rateLimits', { rateLimits: { perHour: bad } }],
    [`perDay ${bad}`, 'rateLimits', { rateLimits: { perDay: bad } }],
  ]),
];

describe('settings of a code that cannot be', () => {
  it.each(BAD)('cannot be issued: %s', (_, field, bad) => {
    given()
      .when(issue(boundSettings(bad)))
      .thenRejects('invalid-value', field);
  });

  it.each(BAD.filter(([, field]) => field !== 'masterKeyId'))('cannot be changed to: %s', (_, field, bad) => {
    given(codeEvents.issued()).when(update(bad, true)).thenRejects('invalid-value', field);
  });

  it('is told which entry of a list is bad, counted from 1', () => {
    const { problem } = given()
      .when(issue(boundSettings({ scopes: ['a:b:c', 'nonsense'] })))
      .thenRejects('invalid-value', 'scopes');
    expect(problem).toContain('entry 2');
  });

  it('is refused when all of it together does not fit into a record', () => {
    const scopes = Array.from({ length: 100 }, (_, i) => `${'s'.repeat(120)}:${'r'.repeat(120)}:a${i}`);
    given()
      .when(issue(boundSettings({ scopes })))
      .thenRejects('invalid-value');
  });
});

describe('settings of a code at their limits', () => {
  const fine: readonly (readonly [string, Partial<CodeSettings>])[] = [
    ['texts of 200 characters', { label: 'x'.repeat(200), owner: 'é'.repeat(200), purpose: '' }],
    ['100 tags of 64 characters', { tags: repeated(100, 'x'.repeat(64)) }],
    ['100 scopes', { scopes: repeated(100, '*:*:*') }],
    ['a scope with parts of 128 characters', { scopes: [repeated(3, 'x'.repeat(128)).join(':')] }],
    ['every address, by an empty list', { ipAllowList: [] }],
    ['every address, in words', { ipAllowList: ['0.0.0.0/0', '::/0'] }],
    ['one address without a prefix', { ipAllowList: ['192.0.2.1', '::1'] }],
    ['the shortest life', { notBefore: NEW_YEAR, expiresAt: unixMs(NEW_YEAR + 1) }],
    ['counts of 1', { usesMax: 1, idleTimeoutMs: ms(1), sessionLimitMs: ms(1), rateLimits: { perDay: 1 } }],
    ['the greatest counts', { usesMax: 1_000_000_000, rateLimits: { perMinute: 1_000_000_000 } }],
    ['a duration of ten years', { sessionLimitMs: ms(10 * 365 * 86_400_000) }],
    [
      'no limits at all',
      {
        notBefore: null,
        expiresAt: null,
        idleTimeoutMs: null,
        sessionLimitMs: null,
        usesMax: null,
        rateLimits: {},
        freshnessBoundMs: null,
      },
    ],
  ];

  it.each(fine)('can be issued: %s', (_, changes) => {
    given()
      .when(issue(boundSettings(changes)))
      .then(codeEvents.issued(boundSettings(changes)));
  });
});
