import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_TOPIC_POLICY, TOPIC, partitionOf, topicSpecs } from '@openclaw/contracts';
import { milliseconds } from '@openclaw/domain';
import { openEventLog } from '@openclaw/event-log';
import { eventually } from '../../testing/eventually';
import type { IssuedCode, LifecycleWriter } from '../../testing/lifecycle-writer';
import { ValidatorFleet, decisionOf, verdictOf } from '../../testing/validator-fleet';
import type { ValidatorParts } from '../open-parts';

describe('limits of a code that several validators judge', () => {
  let fleet: ValidatorFleet;
  let issuer: LifecycleWriter;
  let beforeClaim: () => Promise<void>;
  let readersWait: Promise<void> | undefined;

  beforeEach(async () => {
    beforeClaim = async () => undefined;
    readersWait = undefined;
    const hooks = {
      claim: () => beforeClaim(),
      claimsRead: async (instance: string) => (instance === 'slow' ? readersWait : undefined),
    };
    const opened = await ValidatorFleet.open(hooks);
    fleet = opened;
    issuer = opened.issuer;
  });
  afterEach(() => fleet.close(issuer));

  const several = async (count: number): Promise<ValidatorParts[]> => {
    const started = [];
    for (let i = 0; i < count; i += 1) started.push(await fleet.start(`validator-${i}`));
    return started;
  };
  const verdict = async (by: ValidatorParts, { code }: IssuedCode): Promise<string> => {
    await by.index.reached(issuer.fresh.log.head().position, AbortSignal.timeout(5000));
    return verdictOf(decisionOf(by, code));
  };
  /** Asks again where there was no decision, because others kept winning the claim or the lease lapsed, as a client does. */
  const settled = async (by: ValidatorParts, code: IssuedCode): Promise<string> => {
    for (;;) {
      const seen = await verdict(by, code);
      if (seen !== 'openclaw.validator.contended' && seen !== 'openclaw.validator.stale') return seen;
      await pause(1);
    }
  };
  const claims = async ({ codeId }: IssuedCode): Promise<number> => {
    const { partitions } = topicSpecs(DEFAULT_TOPIC_POLICY).redemptions;
    const journal = await fleet.store.open(TOPIC.redemptions, partitionOf(codeId, partitions));
    const log = await openEventLog(journal, { source: 'spec', role: 'reader' });
    let count = 0;
    for await (const { entries, caughtUp } of log.follow('beginning', AbortSignal.timeout(5000))) {
      count += entries.filter((entry) => entry.kind === 'event' && entry.event.stream.endsWith(codeId)).length;
      if (caughtUp) break;
    }
    await log.close();
    return count;
  };

  describe('a rate limit', () => {
    it('holds for four of them together, with skewed traffic, to the very use', async () => {
      const validators = await several(4);
      const code = await issuer.issue({ rateLimits: { perDay: 100 } });
      const turns = Array.from({ length: 300 }, (_, i) => validators.slice(i % 10 < 7 ? 0 : (i % 3) + 1).slice(0, 1));
      const verdicts = await Promise.all(turns.flatMap((one) => one.map((by) => settled(by, code))));
      const allowed = verdicts.filter((one) => one === 'allowed').length;
      expect(new Set(verdicts)).toEqual(new Set(['allowed', 'rate_limited']));
      expect(allowed).toBeLessThanOrEqual(100);
      // What others hold is a share of what was free; here everybody has asked until nothing was left.
      expect(allowed).toBeGreaterThan(100 - 3 * 13);
    }, 20_000);

    it('is not counted anew by a validator that starts again, and what a dead one held is not spent twice', async () => {
      const [first, other] = await several(2);
      if (first === undefined || other === undefined) throw new Error('two were started');
      const code = await issuer.issue({ rateLimits: { perDay: 20 } });
      let allowed = 0;
      for (let i = 0; i < 9; i += 1) if ((await verdict(i < 6 ? first : other, code)) === 'allowed') allowed += 1;
      expect(allowed).toBe(9);
      await fleet.stop(first);
      const again = await fleet.start('validator-0', 'host-0');
      while ((await verdict(again, code)) === 'allowed') allowed += 1;
      while ((await verdict(other, code)) === 'allowed') allowed += 1;
      expect(allowed).toBeLessThanOrEqual(20);
      expect(allowed).toBeGreaterThanOrEqual(18);
    });

    it('costs an append a block, not an append a use', async () => {
      const [validator] = await several(1);
      if (validator === undefined) throw new Error('one was started');
      const code = await issuer.issue({ rateLimits: { perDay: 100_000 } });
      for (let round = 0; round < 20; round += 1) {
        await Promise.all(
          Array.from({ length: 50 }, async () => expect(await verdict(validator, code)).toBe('allowed')),
        );
      }
      expect(await claims(code)).toBeLessThan(30);
    });

    it('gives nothing to a use whose reservation lands after the revocation', async () => {
      const [validator] = await several(1);
      if (validator === undefined) throw new Error('one was started');
      const code = await issuer.issue({ rateLimits: { perDay: 10 } });
      beforeClaim = async () => {
        await issuer.revoke(code);
        await validator.index.reached(issuer.fresh.log.head().position, AbortSignal.timeout(5000));
      };
      expect(await verdict(validator, code)).toBe('revoked');
    });
  });

  it('a session begins with the first use at any of them, ends at all, and stays ended after a restart', async () => {
    const [first, other] = await several(2);
    if (first === undefined || other === undefined) throw new Error('two were started');
    const code = await issuer.issue({ sessionLimitMs: milliseconds(400) });
    expect(await verdict(first, code)).toBe('allowed');
    const begunMs = Date.now();
    expect(await verdict(other, code)).toBe('allowed');
    await eventually('the session ends', async () => (await verdict(other, code)) === 'session_ended');
    expect(Date.now() - begunMs).toBeLessThan(1500);
    expect(await verdict(first, code)).toBe('session_ended');
    expect(await verdict(await fleet.start('validator-9'), code)).toBe('session_ended');
    expect(await claims(code)).toBe(1);
  });

  describe('an idle time-out', () => {
    const IDLE_MS = 600;

    it('does not end a code that is in use at another validator', async () => {
      const [first, other] = await several(2);
      if (first === undefined || other === undefined) throw new Error('two were started');
      const code = await issuer.issue({ idleTimeoutMs: milliseconds(IDLE_MS) });
      const endMs = Date.now() + 3 * IDLE_MS;
      while (Date.now() < endMs) {
        expect(await verdict(first, code)).toBe('allowed');
        await pause(10);
      }
      expect(await verdict(other, code)).toBe('allowed');
    });

    it('ends it everywhere, for good, also after a restart', async () => {
      const [first, other] = await several(2);
      if (first === undefined || other === undefined) throw new Error('two were started');
      const code = await issuer.issue({ idleTimeoutMs: milliseconds(IDLE_MS) });
      expect(await verdict(first, code)).toBe('allowed');
      await pause(IDLE_MS + 100);
      for (const by of [first, other, await fleet.start('validator-9')]) {
        expect(await verdict(by, code)).toBe('idle_timed_out');
      }
    });

    it('is not said by a validator that has not read what the others noted', async () => {
      const [first] = await several(1);
      const slow = await fleet.start('slow');
      if (first === undefined) throw new Error('one was started');
      const code = await issuer.issue({ idleTimeoutMs: milliseconds(IDLE_MS) });
      expect(await verdict(slow, code)).toBe('allowed');
      const held = Promise.withResolvers<void>();
      readersWait = held.promise;
      const endMs = Date.now() + 2 * IDLE_MS;
      while (Date.now() < endMs) {
        expect(await verdict(first, code)).toBe('allowed');
        await pause(10);
      }
      const answer = verdict(slow, code);
      setTimeout(() => {
        held.resolve();
        readersWait = undefined;
      }, 50);
      expect(await answer).toBe('allowed');
    });
  });
});
