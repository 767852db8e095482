import { ValidatorClient } from '../../demo/clients';
import { hostMs } from '../workload/history';

const AT_ONCE = 4;

interface Used {
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  readonly verdict: string;
}

/** Clients that use one secret of a code again and again, at every validator, from now until `stop`. */
export class SecretUsers {
  readonly #uses: Used[] = [];
  readonly #clients: readonly ValidatorClient[];
  readonly #running: Promise<unknown>;
  #isOn = true;

  constructor(
    validators: readonly string[],
    token: string,
    private readonly secret: { readonly code: string; readonly minPosition: string },
  ) {
    this.#clients = validators.map((validator) => new ValidatorClient({ validator }, token));
    this.#running = Promise.all(this.#clients.flatMap((one) => Array.from({ length: AT_ONCE }, () => this.#use(one))));
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#running;
    for (const client of this.#clients) client.close();
  }

  get count(): number {
    return this.#uses.length;
  }

  /** Uses that were answered before an instant of the host, and not with a yes. */
  refusedBefore(ms: number): readonly string[] {
    const refused = this.#uses.filter(({ answeredAtMs, verdict }) => answeredAtMs < ms && verdict !== 'allow');
    return refused.map(({ verdict }) => verdict);
  }

  /** How many uses were sent after an instant of the host, and how many of those were allowed. */
  after(ms: number): { readonly sent: number; readonly allowed: number } {
    const sent = this.#uses.filter(({ sentAtMs }) => sentAtMs > ms);
    return { sent: sent.length, allowed: sent.filter(({ verdict }) => verdict === 'allow').length };
  }

  async #use(client: ValidatorClient): Promise<void> {
    while (this.#isOn) {
      const sentAtMs = hostMs();
      const { verdict } = await client.validate(this.secret);
      this.#uses.push({ sentAtMs, answeredAtMs: hostMs(), verdict });
    }
  }
}
