import { setTimeout as pause } from 'node:timers/promises';
import { LIFECYCLE_TOPIC } from '@openclaw/freshness';
import { rest } from '../../demo/clients';
import type { Conditions, Observation } from '../experiment';
import { KafkaProxy } from '../network/kafka-proxy';
import { readTopic } from '../service/read-topic';
import { type IssuedCode, ServiceBed } from '../service/service-bed';
import { type Subject, sideBySide } from '../side-by-side';
import { heldBy, hostMs } from '../workload/history';
import { Claimers } from './claimers';

/** Long enough for claims to wait on their way while the leases live. */
const BOUND_MS = 10_000;
const VALIDATORS = 2;
const CLAIMERS = 64;
const UPDATERS = 8;
const BUDGET = 1_000_000;
const UPDATED_A_ROUND = 10;
/** So long claims are held up before a code is revoked. */
const HELD_MS = 50;

const NOT_JUDGED_AGAIN = 'claim not judged again';
const CLAIMED_REVISION = 'revoke with a claimed revision';

/**
 * INVARIANTS experiment 23: a code with a budget is revoked while 64 clients claim units of it at two validators and
 * operators change it at another issuer; claims are on their way when the revocation is acknowledged, and land after it.
 */
export const revokeUnderClaims = sideBySide({
  number: 23,
  title: 'a budget code is revoked under 64 claimers and 8 updaters; claims on their way land after the revocation',
  invariants: ['I12', 'I15'],
  mutants: { [NOT_JUDGED_AGAIN]: ['I12'], [CLAIMED_REVISION]: ['I15'] },
  async run({ random, size, mutant, note }, subjects) {
    const rounds = size === 'long' && mutant === undefined ? 10 : 1;
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS }, async (bed, brokers) => {
      const line = await KafkaProxy.inFrontOf(brokers);
      try {
        const otherIssuer = await bed.startIssuer('issuer-2');
        const seen = new Map<Subject, Observation>();
        for (const subject of subjects) {
          const trial = new RevokedBudgets({ ...(await placeOf(subject, bed, line)), otherIssuer, random });
          for (let round = 0; round < rounds; round += 1) await trial.round(subject, note);
          seen.set(subject, await trial.judge(brokers));
        }
        return seen;
      } finally {
        await line.close();
      }
    });
  },
});

/** The validators, or the issuer, of a subject; the rest is the product's. */
const placeOf = async (subject: Subject, bed: ServiceBed, line: KafkaProxy) => {
  const planted = { mutant: subject };
  const count = subject === undefined ? VALIDATORS : subject === NOT_JUDGED_AGAIN ? 1 : 0;
  const names = Array.from({ length: count }, (_, index) => `validator-${subject === undefined ? 'p' : 'm'}${index}`);
  const validators = await Promise.all(
    names.map((name) => bed.startValidator({ name, planted, brokers: line.brokers })),
  );
  const issuer =
    subject === CLAIMED_REVISION ? await bed.startIssuer('issuer-3', planted) : (bed.issuer.listens['http'] ?? '');
  return { bed, line, issuer, addresses: validators.map(({ listens }) => listens['grpc'] ?? '') };
};

interface Place {
  readonly bed: ServiceBed;
  /** Between the validators and the broker. */
  readonly line: KafkaProxy;
  readonly addresses: readonly string[];
  /** Where codes are revoked. */
  readonly issuer: string;
  /** Where the other operators are. */
  readonly otherIssuer: string;
  readonly random: Conditions['random'];
}

class RevokedBudgets {
  readonly #violations: string[] = [];
  readonly #counts = { revoked: 0, answered: 0, allowed: 0, updates: 0, claimsHeld: 0, revokeMaxMs: 0 };
  readonly #codes: IssuedCode[] = [];

  constructor(private readonly place: Place) {}

  /** What a mutant does not touch is left out. */
  async round(subject: Subject, note: (line: string) => void): Promise<void> {
    if (subject !== CLAIMED_REVISION) note(`${subject ?? 'product'}: ${await this.revokeClaimed()}`);
    const updated = subject === NOT_JUDGED_AGAIN ? 0 : UPDATED_A_ROUND;
    for (let i = 0; i < updated; i += 1) await this.revokeUpdated();
  }

  /** With claims on their way when the revocation is acknowledged. */
  async revokeClaimed(): Promise<string> {
    const { bed, line, addresses, random } = this.place;
    const code = await this.#issue();
    const claimers = addresses.map(
      (address) => new Claimers(address, bed.tokens.auditor, code, CLAIMERS / addresses.length),
    );
    const updaters = this.#updateAgainAndAgain(code);
    await Promise.all(claimers.map((one) => one.isAllowed()));
    await pause(random.between(0, 200));
    const heldBefore = line.held;
    line.hold();
    await pause(HELD_MS);
    const tookMs = await this.#revoke(code);
    await Promise.all(claimers.map((one) => one.saysRevoked()));
    await line.release();
    await Promise.all([...claimers.map((one) => one.stop()), updaters]);
    this.#counts.claimsHeld += line.held - heldBefore;
    for (const { seen } of claimers) this.#note(seen);
    return `revoked in ${tookMs.toFixed(1)} ms under claims and updates, ${line.held - heldBefore} produces held`;
  }

  /** With changes on their way, from another issuer. */
  async revokeUpdated(): Promise<void> {
    const code = await this.#issue();
    const updaters = this.#updateAgainAndAgain(code);
    await pause(this.place.random.between(50, 150));
    await this.#revoke(code);
    await updaters;
  }

  async judge(brokers: readonly string[]): Promise<Observation> {
    const { topicPrefix } = this.place.bed;
    const records = (await readTopic({ brokers, topicPrefix }, LIFECYCLE_TOPIC)).map((value) => value.toString());
    for (const { codeId } of this.#codes) {
      const appends = records.filter((text) => text.includes(codeId) && text.includes('pairing-code.revoked')).length;
      if (appends !== 1) this.#violations.push(`I15: a revocation took ${appends} appends`);
    }
    const { answered, allowed, claimsHeld, updates } = this.#counts;
    const held = heldBy(['I12', 'I15'], this.#violations);
    return {
      counts: this.#counts,
      // What nobody has tried is not held.
      held: {
        ...(answered > 0 ? { I12: held['I12'] === true && allowed > 0 && claimsHeld > 0 } : {}),
        ...(updates > 0 ? { I15: held['I15'] === true } : {}),
      },
      violations: this.#violations,
    };
  }

  async #issue(): Promise<IssuedCode> {
    const code = await this.place.bed.issue({ usesMax: BUDGET });
    this.#codes.push(code);
    return code;
  }

  /** Milliseconds until the first answer, which must be a yes; after a no it is repeated, so that the round can end. */
  async #revoke(code: IssuedCode): Promise<number> {
    const { bed, issuer } = this.place;
    const call = rest(issuer, bed.tokens.operator);
    const sentMs = hostMs();
    const { status } = await call('POST', `/v1/codes/${code.codeId}/revoke`, { reason: 'chaos' });
    const tookMs = hostMs() - sentMs;
    if (status !== 200) {
      this.#violations.push(`I15: a revocation was answered ${status}`);
      while ((await call('POST', `/v1/codes/${code.codeId}/revoke`, { reason: 'chaos' })).status !== 200);
    }
    this.#counts.revoked += 1;
    this.#counts.revokeMaxMs = Math.max(this.#counts.revokeMaxMs, Math.round(tookMs));
    return tookMs;
  }

  /** Operators who give the code another label, again and again, until it is revoked. */
  async #updateAgainAndAgain({ codeId }: IssuedCode): Promise<void> {
    const { bed, otherIssuer } = this.place;
    const call = rest(otherIssuer, bed.tokens.operator);
    const update = async (updater: number): Promise<void> => {
      for (let turn = 0; ; turn += 1) {
        const { etag, body } = await call('GET', `/v1/codes/${codeId}`);
        if (body['status'] === 'revoked') return;
        const label = `${updater}-${turn}`;
        const { status } = await call('PATCH', `/v1/codes/${codeId}`, { label }, { 'if-match': etag ?? '' });
        if (status === 200) this.#counts.updates += 1;
      }
    };
    await Promise.all(Array.from({ length: UPDATERS }, (_, updater) => update(updater)));
  }

  #note({ answered, allowed, allowedAfterRevoked }: Claimers['seen']): void {
    this.#counts.answered += answered;
    this.#counts.allowed += allowed;
    if (allowedAfterRevoked === 0) return;
    this.#violations.push(`I12: ${allowedAfterRevoked} uses allowed by a validator after it had said "revoked"`);
  }
}
