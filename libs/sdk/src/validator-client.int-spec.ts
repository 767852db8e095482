import { inspect } from 'node:util';
import { type Reaction, ScriptedValidator } from '@openclaw/sdk/testing';
import type { Answer } from './answer';
import type { CodeUse } from './code-use';
import { ValidatorClient, type ValidatorClientOptions } from './validator-client';

const CODE = `ocpc_${'A'.repeat(68)}`;
const TOKEN = 'ocsv_a-service-token';
const USE: CodeUse = { code: CODE, scope: 'openai:gpt-4o:chat', sourceIp: '10.1.2.3' };
const STALE: Reaction = { error: 'openclaw.validator.stale', retryAfterMs: 5 };
const ALLOW: Reaction = { decision: { allowed: true, codeId: 'c1' } };

describe.each([
  ['one call a use', false],
  ['batches on a stream', true],
])('a client of the validator, %s', (_, batching) => {
  let validator: ScriptedValidator;
  let client: ValidatorClient;
  const clientOf = (options: Partial<ValidatorClientOptions> = {}): ValidatorClient =>
    new ValidatorClient({ addresses: [validator.address], token: TOKEN, batching, timeoutMs: 5000, ...options });

  beforeEach(async () => {
    validator = await ScriptedValidator.start();
    client = clientOf();
  });
  afterEach(async () => {
    await client.close();
    validator.kill();
  });

  it('says what the validator decided', async () => {
    validator.react = () => ({
      decision: {
        allowed: true, codeId: 'c1', codeRevision: 2, position: 'p', freshnessAgeMs: 7,
        expiresAt: { seconds: '1800000000', nanos: 0 }, remaining: { uses: 3 },
      },
    }); // prettier-ignore
    expect(await client.validate(USE)).toEqual({
      outcome: 'allowed',
      codeId: 'c1',
      codeRevision: 2,
      position: 'p',
      freshnessAgeMs: 7,
      expiresAt: new Date(1_800_000_000_000),
      remaining: { uses: 3, rate: undefined, rateResetsAt: undefined, idleEndsAt: undefined },
    });
    expect(validator.tokens).toEqual([`Bearer ${TOKEN}`]);
    expect(validator.asked[0]).toMatchObject({ code: CODE, service: 'openai', resource: 'gpt-4o', action: 'chat' });
  });

  it('tells a bad code from "cannot know" from a mistake', async () => {
    const outcomes: Answer[] = [];
    for (const reaction of [
      { decision: { allowed: false, reason: 'DENIAL_REASON_RATE_LIMITED', retryAfterMs: 1500 } },
      { decision: { allowed: false } },
      { error: 'openclaw.log.halted' },
      { error: 'openclaw.request.invalid' },
    ] as const) {
      validator.react = () => reaction;
      outcomes.push(await client.validate(USE));
    }
    expect(outcomes).toMatchObject([
      { outcome: 'denied', reason: 'rate_limited', retryAfterMs: 1500 },
      { outcome: 'denied', reason: 'invalid_code', retryAfterMs: undefined },
      { outcome: 'cannot-know', why: 'openclaw.log.halted' },
      { outcome: 'mistake', why: 'openclaw.request.invalid' },
    ]);
  });

  it('asks again what may pass, under one request id, so that nothing is taken twice', async () => {
    validator.react = (_request, nth) => (nth < 3 ? STALE : ALLOW);
    expect(await client.validate(USE)).toMatchObject({ outcome: 'allowed' });
    const ids = validator.asked.map(({ requestId }) => requestId);
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
    expect(ids[0]).toMatch(/^.{1,64}$/);
    await client.validate({ ...USE, requestId: 'mine' });
    await client.validate(USE);
    expect(validator.asked.at(-2)?.requestId).toBe('mine');
    expect(ids).not.toContain(validator.asked.at(-1)?.requestId);
  });

  it('burns a single-use code once, also when the answer that took the use was lost', async () => {
    const takenBy = new Map<string, string>();
    validator.react = ({ code, requestId }, nth) => {
      const owner = takenBy.get(code) ?? requestId;
      takenBy.set(code, owner);
      if (nth === 1) return { error: 'openclaw.validator.shutting-down' };
      return owner === requestId ? ALLOW : { decision: { allowed: false, reason: 'DENIAL_REASON_ALREADY_USED' } };
    };
    expect(await client.validate(USE)).toMatchObject({ outcome: 'allowed' });
    expect(await client.validate(USE)).toMatchObject({ outcome: 'denied', reason: 'already_used' });
  });

  it('asks no more than so often, and not again after a decision or a mistake', async () => {
    validator.react = () => STALE;
    expect(await client.validate(USE)).toEqual({
      outcome: 'cannot-know',
      why: 'openclaw.validator.stale',
      retryAfterMs: 5,
    });
    expect(validator.asked).toHaveLength(3);
    validator.react = () => ({ decision: { allowed: false } });
    await client.validate(USE);
    validator.react = () => ({ error: 'openclaw.request.invalid' });
    await client.validate(USE);
    expect(validator.asked).toHaveLength(5);
  });

  it('answers by its deadline when nobody does, and does not wait for a pause that ends behind it', async () => {
    validator.react = () => 'silence';
    const begun = performance.now();
    const late = await client.validate({ ...USE, timeoutMs: 150 });
    expect(late).toMatchObject({ outcome: 'cannot-know', why: 'openclaw.request.deadline-exceeded' });
    validator.react = () => ({ error: 'openclaw.validator.stale', retryAfterMs: 60_000 });
    expect(await client.validate({ ...USE, timeoutMs: 1000 })).toMatchObject({
      outcome: 'cannot-know',
      retryAfterMs: 60_000,
    });
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(validator.asked).toHaveLength(2);
  });

  it('every use in hand settles when the validator is killed, and the next finds its successor', async () => {
    validator.react = () => 'silence';
    const inHand = Promise.all(Array.from({ length: 50 }, () => client.validate({ ...USE, timeoutMs: 2000 })));
    while (validator.asked.length < 50) await new Promise((turn) => setImmediate(turn));
    const { address } = validator;
    validator.kill();
    const answers = await inHand;
    expect(answers.every(({ outcome }) => outcome === 'cannot-know')).toBe(true);
    validator = await ScriptedValidator.start(address);
    const begun = performance.now();
    while ((await client.validate(USE)).outcome !== 'allowed') expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('a validator that nobody listens at is "cannot know", at once enough to try another time', async () => {
    validator.kill();
    expect(await client.validate(USE)).toMatchObject({ outcome: 'cannot-know', why: 'grpc.UNAVAILABLE' });
  });

  it('waits for what is in hand when it is closed, and then says so', async () => {
    let answer: (reaction: Reaction) => void = () => undefined;
    validator.react = () => new Promise((resolve) => (answer = resolve));
    const inHand = client.validate(USE);
    while (validator.asked.length === 0) await new Promise((turn) => setImmediate(turn));
    const closed = client.close();
    answer(ALLOW);
    expect(await inHand).toMatchObject({ outcome: 'allowed' });
    await closed;
    expect(await client.validate(USE)).toMatchObject({ outcome: 'cannot-know', why: 'sdk.closed' });
  });

  it('refuses what cannot be a use before it is sent, and names the field', async () => {
    const mistakes = [
      { ...USE, scope: 'openai:chat' },
      { ...USE, scope: 'a:b:c:d' },
      { ...USE, endpoint: 'x'.repeat(4097) },
      { ...USE, sourceIp: undefined as unknown as string },
    ];
    for (const use of mistakes) expect(await client.validate(use)).toMatchObject({ outcome: 'mistake' });
    await client.validate({ ...USE, code: 'x'.repeat(10_000_000) });
    expect(validator.asked.map(({ code }) => code.length)).toEqual([4096]);
  });

  it('shows no code and no token, whatever is printed', async () => {
    const answers = [await client.validate(USE)];
    for (const error of ['openclaw.request.invalid', 'openclaw.internal.fault'] as const) {
      validator.react = () => ({ error });
      answers.push(await client.validate(USE));
    }
    const printed = inspect([client, answers], { depth: 20, showHidden: true }) + JSON.stringify([client, answers]);
    expect(printed).not.toContain(CODE);
    expect(printed).not.toContain(TOKEN);
  });

  it('sends the token of now, and none that is not one', async () => {
    let token = 'ocsv_first';
    const rotating = clientOf({ token: () => token });
    await rotating.validate(USE);
    token = 'ocsv_second\nx-evil: 1';
    validator.breakStreams(14);
    await rotating.validate(USE);
    await rotating.close();
    expect(validator.tokens).toEqual(['Bearer ocsv_first', '']);
  });
});

describe('batches on a stream', () => {
  let validator: ScriptedValidator;
  let client: ValidatorClient;
  beforeEach(async () => {
    validator = await ScriptedValidator.start();
    client = new ValidatorClient({ addresses: [validator.address], batching: true, timeoutMs: 10_000 });
  });
  afterEach(async () => {
    await client.close();
    validator.kill();
  });

  const many = (count: number, change: (n: number) => Partial<CodeUse> = () => ({})): Promise<readonly Answer[]> =>
    Promise.all(Array.from({ length: count }, (_, n) => client.validate({ ...USE, ...change(n) })));

  it('hold what is asked in one turn, in few messages, over one stream, each answer at its use', async () => {
    validator.react = ({ endpoint }) => ({ decision: { allowed: true, codeId: endpoint } });
    const answers = await many(1000, (n) => ({ endpoint: `use-${n}` }));
    expect(answers.map((answer) => (answer.outcome === 'allowed' ? answer.codeId : ''))).toEqual(
      Array.from({ length: 1000 }, (_, n) => `use-${n}`),
    );
    expect([validator.batches.length, validator.streams]).toEqual([4, 1]);
  });

  it('are asked only so many at once: the rest waits for a place', async () => {
    const release: (() => void)[] = [];
    validator.react = () => new Promise((resolve) => release.push(() => resolve(ALLOW)));
    const asked = many(5000);
    while (validator.inHand < 8) await new Promise((turn) => setImmediate(turn));
    expect(validator.asked).toHaveLength(8 * 256);
    validator.react = () => ALLOW;
    for (const let_go of release.splice(0)) let_go();
    expect((await asked).every(({ outcome }) => outcome === 'allowed')).toBe(true);
    expect(validator.inHandMax).toBe(8);
  });

  it('stay below the size that the validator takes', async () => {
    const answers = await many(500, () => ({ endpoint: '\u20ac'.repeat(4096) }));
    expect(answers.every(({ outcome }) => outcome === 'allowed')).toBe(true);
    const sizes = validator.batches.map(({ requests }) => requests.length * 4096 * 3);
    expect(Math.max(...sizes)).toBeLessThan(2 * 1024 * 1024);
  });

  it('that ran out of time leave their place to others', async () => {
    validator.react = () => 'silence';
    const late = await many(8 * 256, () => ({ timeoutMs: 300 }));
    expect(new Set(late.map(({ outcome }) => outcome))).toEqual(new Set(['cannot-know']));
    validator.react = () => ALLOW;
    expect((await many(10)).every(({ outcome }) => outcome === 'allowed')).toBe(true);
  });

  it('of a stream that broke are asked again on another one', async () => {
    let isBroken = false;
    validator.react = () => (isBroken ? ALLOW : 'silence');
    const asked = many(100);
    while (validator.asked.length < 100) await new Promise((turn) => setImmediate(turn));
    isBroken = true;
    validator.breakStreams(14);
    expect((await asked).every(({ outcome }) => outcome === 'allowed')).toBe(true);
    const ids = validator.asked.map(({ requestId }) => requestId);
    expect([ids.length, new Set(ids).size, validator.streams]).toEqual([200, 100, 2]);
  });

  it('are for uses without a position: one that is none of this log would end the stream of everybody', async () => {
    await Promise.all([client.validate({ ...USE, minPosition: 'p' }), client.validate(USE)]);
    expect(validator.batches.map(({ requests }) => requests.length)).toEqual([1]);
    expect(validator.asked).toHaveLength(2);
  });
});

describe('options that cannot work', () => {
  const made = (options: Partial<ValidatorClientOptions>) => () =>
    void new ValidatorClient({ addresses: ['127.0.0.1:7201'], ...options }).close();

  it('are refused before anything is sent, above all a token in plain text beyond this machine', () => {
    expect(made({})).not.toThrow();
    expect(made({ addresses: ['127.0.0.1:1', '127.0.0.1:2'] })).not.toThrow();
    expect(made({ addresses: ['validator.internal:7201'], plainText: 'allowed' })).not.toThrow();
    expect(made({ addresses: ['validator.internal:7201'] })).toThrow('tls: needed beyond this machine');
    expect(made({ addresses: [] })).toThrow(TypeError);
    expect(made({ addresses: ['https://a:1'] })).toThrow(TypeError);
    expect(made({ addresses: ['a:1', 'b:2'], plainText: 'allowed' })).toThrow(TypeError);
  });
});
