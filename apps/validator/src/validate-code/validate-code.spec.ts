import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TOPIC, generateCode, streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { milliseconds, unixMs } from '@openclaw/domain';
import { type LogEntry, openEventLog } from '@openclaw/event-log';
import { eventually } from '../../testing/eventually';
import { PEPPER, type LifecycleWriter } from '../../testing/lifecycle-writer';
import {
  BOUND_MS, CALLER, GRACE_MAX_MS, USAGE_PARTITIONS, ValidatorFleet, decisionOf, message, verdictOf,
} from '../../testing/validator-fleet'; // prettier-ignore
import type { ValidatorParts } from '../open-parts';
import type { Decision } from './decision';
import { NoDecision } from './no-decision';
import { useRequest, type UseMessage } from './use-request';
import { ValidateCode } from './validate-code';

const usageOf = (entry: LogEntry): UsageEvent[] => {
  if (entry.kind !== 'event') return [];
  const decoded = usageCodec.decode(entry.event.type, entry.event.data);
  return decoded.understood ? [decoded.event] : [];
};

describe('Validating a code', () => {
  let fleet: ValidatorFleet;
  let issuer: LifecycleWriter;
  let validator: ValidatorParts;
  /** Happens once, just before a claim reaches the log. */
  let beforeClaim: () => Promise<void>;
  let refusesUsage: boolean;

  const claimOnce = async (): Promise<void> => {
    const happening = beforeClaim;
    beforeClaim = async () => undefined;
    await happening();
  };
  const takenOrNot = async (): Promise<void> => {
    if (refusesUsage) throw new Error('the usage topic has no leader');
  };

  beforeEach(async () => {
    beforeClaim = async () => undefined;
    refusesUsage = false;
    const opened = await ValidatorFleet.open({ usage: takenOrNot, claim: claimOnce });
    fleet = opened;
    issuer = opened.issuer;
    validator = await fleet.start('validator-1');
  });

  afterEach(() => fleet.close(issuer));

  /** The validator with another way to record. */
  const withRecord = (record: ValidatorParts['usage']['record']): ValidateCode =>
    new ValidateCode({
      ...validator,
      usage: { record, withhold: (recorded) => validator.usage.withhold(recorded) },
      pepper: PEPPER,
      validator: 'validator-1',
    });

  const validate = async (
    code: string,
    changes: Partial<UseMessage> = {},
    by: ValidatorParts = validator,
  ): Promise<Decision> => {
    await by.index.reached(issuer.fresh.log.head().position, AbortSignal.timeout(5000));
    return decisionOf(by, code, changes);
  };
  const verdict = (...args: Parameters<typeof validate>): Promise<string> => verdictOf(validate(...args));
  /** Everything on the usage topic, once nothing is waiting to be sent. */
  const usage = async (): Promise<UsageEvent[]> => {
    await eventually('usage is sent', () => fleet.validators.every((one) => one.usage.backlog === 0));
    const events: UsageEvent[] = [];
    for (let partition = 0; partition < USAGE_PARTITIONS; partition += 1) {
      const log = await openEventLog(await fleet.store.open(TOPIC.usage, partition), {
        source: 'spec',
        role: 'reader',
      });
      for await (const { entries, caughtUp } of log.follow('beginning', AbortSignal.timeout(5000))) {
        events.push(...entries.flatMap(usageOf));
        if (caughtUp) break;
      }
      await log.close();
    }
    return events;
  };

  it('answers only when the record of the decision is kept', async () => {
    const { code, codeId } = await issuer.issue();
    await validate(code);
    const { usage: recorder } = validator;
    const kept = Promise.withResolvers<void>();
    const record: typeof recorder.record = (...facts) => ({ ...recorder.record(...facts), kept: kept.promise });
    const waiting = withRecord(record);
    let answered: Decision | undefined;
    const answer = waiting.validate(useRequest(message(code), CALLER)).then((decision) => (answered = decision));
    await eventually('the record is sent', async () => recorder.backlog === 0);
    expect(answered).toBeUndefined();
    kept.resolve();
    expect(await answer).toMatchObject({ allowed: true, code: { codeId, revision: 1 } });
  });

  it('answers nobody when the record cannot be kept', async () => {
    const { code } = await issuer.issue();
    await validate(code);
    const full = withRecord(() => {
      throw new NoDecision('openclaw.validator.usage-unrecordable', 1000);
    });
    for (const asked of [code, generateCode()]) {
      await expect(full.validate(useRequest(message(asked), CALLER))).rejects.toMatchObject({
        code: 'openclaw.validator.usage-unrecordable',
      });
    }
  });

  it('leaves what the log did not take to its successor, who sends it and closes the producer', async () => {
    const { code, codeId } = await issuer.issue();
    const first = await fleet.start('validator-7', 'host-7');
    await validate(code, { requestId: 'before' }, first);
    await eventually('usage is sent', () => first.usage.backlog === 0);
    refusesUsage = true;
    await validate(code, { requestId: 'kept' }, first);
    await fleet.stop(first); // the log does not take it in time
    refusesUsage = false;
    const second = await fleet.start('validator-7', 'host-7');
    await second.drained;
    const ofFirst = (await usage()).filter(({ data }) => data.producer === first.keeper.incarnation);
    const decided = ofFirst.flatMap((event) => (event.type === 'UsageDecided' ? [event.data] : []));
    expect(decided.map(({ requestId }) => requestId).toSorted()).toEqual(['before', 'kept']);
    expect(decided.every((one) => one.codeId === codeId)).toBe(true);
    expect(ofFirst.filter(({ type }) => type === 'ProducerClosed')).toHaveLength(USAGE_PARTITIONS);
    const left = await readdir(join(fleet.spoolDir, 'host-7', 'validator-7'));
    expect(left.filter((name) => !name.endsWith('.ended'))).toEqual([second.keeper.incarnation]);
  }, 20_000);

  it('refuses what is malformed, unknown, out of scope, from elsewhere, over, or not begun, by that name', async () => {
    const { code } = await issuer.issue({ ipAllowList: ['10.0.0.0/8'] });
    expect(await verdict('ocpc_nonsense')).toBe('malformed');
    expect(await verdict(generateCode())).toBe('unknown_code');
    expect(await verdict(code, { action: 'train' })).toBe('scope_denied');
    expect(await verdict(code, { sourceIp: '203.0.113.9' })).toBe('ip_denied');
    const ended = await issuer.issue({ expiresAt: unixMs(Date.now() - 1000) });
    expect(await verdict(ended.code)).toBe('expired');
    const later = await issuer.issue({ notBefore: unixMs(Date.now() + 60_000) });
    const early = await validate(later.code);
    expect(early.reason).toBe('not_yet_valid');
    expect(early.retryAfterMs).toBeGreaterThan(50_000);
    const revoked = await issuer.issue();
    await issuer.revoke(revoked);
    expect(await verdict(revoked.code)).toBe('revoked');
  });

  it('counts the uses of a rate limit, and refused uses not', async () => {
    const { code } = await issuer.issue({ rateLimits: { perDay: 2 } });
    expect(await verdict(code, { action: 'train' })).toBe('scope_denied');
    expect(await validate(code)).toMatchObject({ allowed: true, remainingRate: 1 });
    expect(await validate(code)).toMatchObject({ allowed: true, remainingRate: 0 });
    expect(await verdict(code)).toBe('rate_limited');
  });

  it('gives a single use to one of many that race for it on two validators', async () => {
    const { code } = await issuer.issue({ usesMax: 1 });
    const other = await fleet.start('validator-2');
    const race = Array.from({ length: 20 }, (_, i) => verdict(code, {}, i % 2 === 0 ? validator : other));
    const verdicts = await Promise.all(race);
    expect(verdicts.filter((one) => one === 'allowed')).toHaveLength(1);
    expect(new Set(verdicts)).toEqual(new Set(['allowed', 'already_used']));
  });

  it('gives each of N uses once, and says how many are left', async () => {
    const { code } = await issuer.issue({ usesMax: 3 });
    const left = [await validate(code), await validate(code), await validate(code)].map((one) => one.remainingUses);
    expect(left).toEqual([2, 1, 0]);
    expect(await verdict(code)).toBe('already_used');
  });

  it('gives a repeated request its unit and no second one, also on another validator', async () => {
    const { code } = await issuer.issue({ usesMax: 1 });
    expect(await verdict(code, { requestId: 'mine' })).toBe('allowed');
    expect(await verdict(code, { requestId: 'mine' })).toBe('allowed');
    expect(await verdict(code, { requestId: 'mine' }, await fleet.start('validator-2'))).toBe('allowed');
    expect(await verdict(code, { requestId: 'another' })).toBe('already_used');
  });

  it('knows after a restart which units are taken', async () => {
    const { code } = await issuer.issue({ usesMax: 1 });
    expect(await verdict(code)).toBe('allowed');
    expect(await verdict(code, {}, await fleet.start('validator-1'))).toBe('already_used');
  });

  it('refuses a use whose claim lands after the revocation, and the unit is burnt', async () => {
    const issued = await issuer.issue({ usesMax: 2 });
    await validate(issued.code);
    beforeClaim = async () => {
      await issuer.revoke(issued);
      await validator.index.reached(issuer.fresh.log.head().position, AbortSignal.timeout(5000));
    };
    expect(await verdict(issued.code)).toBe('revoked');
    expect((await validator.redemptions.taken(issued.codeId, AbortSignal.timeout(5000)))?.state.used).toBe(2);
  });

  it('records a flood of codes that do not exist as few numbers that add up', async () => {
    const { code } = await issuer.issue();
    await validate(code);
    const flood = Array.from({ length: 500 }, () => verdict(generateCode(), { sourceIp: '203.0.113.9' }));
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['unknown_code']));
    await fleet.stop(validator);
    const refusals = (await usage()).flatMap(({ type, data }) =>
      type === 'RefusalsAggregated' ? [data.count] : type === 'UsageDecided' && data.outcome === 'denied' ? [1] : [],
    );
    expect(refusals.reduce((sum, one) => sum + one, 0)).toBe(500);
    expect(refusals.length).toBeLessThan(10);
  });

  it('refuses to judge a code that it does not understand', async () => {
    const { code, codeId } = await issuer.issue();
    await issuer.writeUnknown(streamOf.pairingCode(codeId), {});
    expect(await verdict(code)).toBe('openclaw.validator.not-understood');
  });

  it('refuses to judge when it cannot prove that it is fresh, and decides again when it can', async () => {
    const { code } = await issuer.issue();
    expect(await verdict(code)).toBe('allowed');
    const thaw = fleet.server.freeze();
    await eventually('the lease lapses', async () => (await verdict(code)) === 'openclaw.validator.stale');
    thaw();
    await eventually('the lease is back', async () => (await verdict(code)) === 'allowed');
  });

  it('withholds a decision whose lease ended before the answer, and says so', async () => {
    const { code, codeId } = await issuer.issue();
    await validate(code);
    const { usage: recorder } = validator;
    let pauses = 1;
    const record: typeof recorder.record = (...facts) => {
      const goOnAtMs = performance.now() + (pauses-- > 0 ? BOUND_MS : 0);
      while (performance.now() < goOnAtMs); // as a process that is stopped between its two looks
      return recorder.record(...facts);
    };
    await withRecord(record)
      .validate(useRequest(message(code), CALLER))
      .catch(() => undefined);
    const events = await usage();
    const decided = events.flatMap((event) =>
      event.type === 'UsageDecided' && event.data.codeId === codeId ? [event.data.sequence] : [],
    );
    const withheld = events.flatMap((event) => (event.type === 'UsageWithheld' ? [event.data.withheld] : []));
    expect(withheld).toEqual([decided[1]]);
  });

  it('refuses a code with a stricter bound of its own while others may still be judged', async () => {
    const strict = await issuer.issue({ freshnessBoundMs: milliseconds(BOUND_MS / 4) });
    const { code } = await issuer.issue();
    await eventually(
      'both are allowed',
      async () => `${await verdict(strict.code)} ${await verdict(code)}` === 'allowed allowed',
    );
    const thaw = fleet.server.freeze();
    await eventually('the strict one lapses', async () => (await verdict(strict.code)) === 'openclaw.validator.stale');
    expect(await verdict(code)).toBe('allowed');
    thaw();
    await eventually('it is judged again', async () => (await verdict(strict.code)) === 'allowed');
  });

  it('judges a code with grace while others are refused, for as long as the deployment grants and no longer', async () => {
    const lenient = await issuer.issue({ freshnessBoundMs: milliseconds(100 * GRACE_MAX_MS) });
    const { code } = await issuer.issue();
    await eventually('it is allowed', async () => (await verdict(lenient.code)) === 'allowed');
    const thaw = fleet.server.freeze();
    await eventually('the others lapse', async () => (await verdict(code)) === 'openclaw.validator.stale');
    expect(await verdict(lenient.code)).toBe('allowed');
    await eventually('its grace ends', async () => (await verdict(lenient.code)) === 'openclaw.validator.stale');
    thaw();
  });

  it('takes the second look at the stricter bound, too', async () => {
    const strict = await issuer.issue({ freshnessBoundMs: milliseconds(BOUND_MS / 4) });
    const { usage: recorder } = validator;
    const record: typeof recorder.record = (...facts) => {
      const goOnAtMs = performance.now() + BOUND_MS / 3;
      while (performance.now() < goOnAtMs); // as a process that is stopped between its two looks
      return recorder.record(...facts);
    };
    const slow = withRecord(record);
    await eventually('a decision under its bound is withheld', async () => {
      await slow.validate(useRequest(message(strict.code), CALLER)).catch(() => undefined);
      return (await usage()).some(({ type }) => type === 'UsageWithheld');
    });
    const { code } = await issuer.issue();
    const decision = await slow.validate(useRequest(message(code), CALLER));
    expect(decision.allowed).toBe(true);
  });

  it('records every decision once, numbered without a hole, between an opening and an end', async () => {
    const { code, codeId } = await issuer.issue();
    await verdict(code, { endpoint: `GET /x/${code}?secret=1`, requestId: 'r-1' });
    await verdict(code, { action: 'train' });
    await verdict(generateCode(), { sourceIp: '203.0.113.9' });
    await fleet.stop(validator);
    const events = await usage();
    for (let partition = 0; partition < USAGE_PARTITIONS; partition += 1) {
      const opened = events.filter((event) => event.type === 'ProducerOpened' && event.data.partition === partition);
      expect(opened).toHaveLength(1);
    }
    expect(events.filter((event) => event.type === 'ProducerClosed')).toHaveLength(USAGE_PARTITIONS);
    const decided = events.flatMap((event) => (event.type === 'UsageDecided' ? [event.data] : []));
    expect(decided).toHaveLength(3);
    expect(decided).toContainEqual(expect.objectContaining({ outcome: 'allowed', codeId, requestId: 'r-1' }));
    expect(decided).toContainEqual(expect.objectContaining({ outcome: 'denied', reason: 'scope_denied', codeId }));
    expect(decided).toContainEqual(expect.objectContaining({ reason: 'unknown_code', sourceIp: '203.0.113.9' }));
    expect(JSON.stringify(events)).not.toContain(code);
    expect(JSON.stringify(events)).not.toContain('secret=1');
  });
});
