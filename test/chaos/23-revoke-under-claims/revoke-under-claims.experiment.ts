import { setTimeout as pause } from 'node:timers/promises';
import { LIFECYCLE_TOPIC } from '@openclaw/freshness';
import { rest } from '../../demo/clients';
import type { Conditions, Experiment, Observation } from '../experiment';
import { KafkaProxy } from '../network/kafka-proxy';
import { readTopic } from '../service/read-topic';
import { type IssuedCode, ServiceBed } from '../service/service-bed';
import { heldBy, hostMs } from '../workload/history';
import { Claimers } from './claimers';

/** Long enough for claims to wait on their way while the leases live. */
const BOUND_MS = 10_000;
const VALIDATORS = 2;
const CLAIMERS = 64;
const UPDATERS = 8;
const BUDGET = 1_000_000;
const UPDATED_A_ROUND = 5;
/** So long claims are held up before a code is revoked. */
const HELD_MS = 50;

/**
 * INVARIANTS experiment 23: a code with a budget is revoked while 64 clients claim units of it at two validators and
 * operators change it; claims are on their way when the revocation is acknowledged, and land after it.
 */
export const revokeUnderClaims: Experiment = {
  number: 23,
  title: 'a budget code is revoked under 64 claimers and 8 updaters; claims on their way land after the revocation',
  invariants: ['I12', 'I15'],
  mutants: { 'claim not judged again': ['I12'], 'revoke with a claimed revision': ['I15'] },
  async run({ random, size, mutant, note }) {
    const rounds = size === 'long' && mutant === undefined ? 10 : 2;
    const planted = { mutant };
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS, planted }, async (bed, brokers) => {
      const line = await KafkaProxy.inFrontOf(brokers);
      try {
        const start = (index: number) =>
          bed.startValidator({ name: `validator-${index}`, planted, brokers: line.brokers });
        const validators = await Promise.all(Array.from({ length: VALIDATORS }, (_, index) => start(index)));
        const addresses = validators.map(({ listens }) => listens['grpc'] ?? '');
        const trial = new RevokedBudgets({
          bed, line, addresses, otherIssuer: await bed.startIssuer('issuer-2'), random,
        }); // prettier-ignore
        for (let round = 0; round < rounds; round += 1) {
          note(await trial.revokeClaimed());
          for (let i = 0; i < UPDATED_A_ROUND; i += 1) await trial.revokeUpdated();
        }
        return await trial.judge(brokers);
      } finally {
        await line.close();
      }
    });
  },
};

interface Place {
  readonly bed: ServiceBed;
  /** Between the validators and the broker. */
  readonly line: KafkaProxy;
  readonly addresses: readonly string[];
  /** Where the other operators are. */
  readonly otherIssuer: string;
  readonly random: Conditions['random'];
}

class RevokedBudgets {
  readonly #violations: string[] = [];
  readonly #counts = { revoked: 0, answered: 0, allowed: 0, updates: 0, claimsHeld: 0, revokeMaxMs: 0 };
  readonly #codes: IssuedCode[] = [];

  constructor(private readonly place: Place) {}

  /** With claims on their way when the revocation is acknowledged. */
  async revokeClaimed(): Promise<string> {
    const { bed, line, addresses, random } = this.place;
    const code = await this.#issue();
    const claimers = addresses.map((address) => new Claimers(address, bed.tokens.auditor, code, CLAIMERS / VALIDATORS));
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
    const isLoaded = this.#counts.allowed > 0 && this.#counts.updates > 0 && this.#counts.claimsHeld > 0;
    const held = heldBy(['I12', 'I15'], this.#violations);
    return {
      counts: this.#counts,
      held: { I12: held['I12'] === true && isLoaded, I15: held['I15'] === true && isLoaded },
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
    const { bed } = this.place;
    const call = rest(bed.issuer.listens['http'] ?? '', bed.tokens.operator);
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
