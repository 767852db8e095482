import { setTimeout as pause } from 'node:timers/promises';
import { ValidatorClient } from '../../demo/clients';
import type { IssuedCode } from '../service/service-bed';
import { hostMs } from '../workload/history';

const LOOK_MS = 10;
/** Longer than any answer takes here. */
const PATIENCE_MS = 10_000;

/** Clients of one validator, each of which uses one code again and again, and a look from outside in between. */
export class Claimers {
  readonly #client: ValidatorClient;
  readonly #running: Promise<unknown>;
  #isOn = true;
  #looks = 0;
  /** Uses that were answered, and those among them that were allowed after this validator had said "revoked". */
  readonly seen = { answered: 0, allowed: 0, allowedAfterRevoked: 0 };
  #revokedAtMs = Number.POSITIVE_INFINITY;

  constructor(
    validator: string,
    token: string,
    private readonly code: IssuedCode,
    count: number,
  ) {
    this.#client = new ValidatorClient({ validator }, token);
    this.#running = Promise.all(Array.from({ length: count }, (_, client) => this.#use(client)));
  }

  /** Resolves when a use was allowed: the validator has read what was claimed before. */
  async isAllowed(): Promise<void> {
    await eventually('a use is allowed', async () => this.seen.allowed > 0);
  }

  /** Resolves when this validator has answered "revoked" to a use that needs no claim for that. */
  async saysRevoked(): Promise<void> {
    await eventually('a validator says "revoked"', async () => {
      this.#looks += 1;
      const { verdict } = await this.#client.validate({ code: this.code.code, requestId: `look-${this.#looks}` });
      return verdict === 'DENIAL_REASON_REVOKED';
    });
    this.#revokedAtMs = hostMs();
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#running;
    this.#client.close();
  }

  async #use(client: number): Promise<void> {
    for (let turn = 0; this.#isOn; turn += 1) {
      const { code, position: minPosition } = this.code;
      const { verdict } = await this.#client.validate({ code, minPosition, requestId: `claim-${client}-${turn}` });
      this.seen.answered += 1;
      if (verdict === 'DENIAL_REASON_REVOKED') return;
      if (verdict !== 'allow') continue;
      this.seen.allowed += 1;
      if (hostMs() > this.#revokedAtMs) this.seen.allowedAfterRevoked += 1;
    }
  }
}

const eventually = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const giveUpMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > giveUpMs) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await pause(LOOK_MS);
  }
};
