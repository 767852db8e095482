import { status } from '@grpc/grpc-js';
import { ValidatorClient } from '../../demo/clients';
import type { SeededRandom } from '../seeded-random';
import type { Planted } from './planted';
import type { IssuedCode, ServiceBed } from './service-bed';
import type { ServiceProcess } from './service-process';

/** How long a client asks again where it got no decision. */
const PATIENCE_MS = 20_000;

export interface FleetOrder {
  readonly name: string;
  readonly count: number;
  readonly planted?: Planted | undefined;
  readonly brokers?: readonly string[];
}

/** One client's use: allowed, or why not; and the end of the window that its rate was counted in. */
export interface Outcome {
  readonly requestId: string;
  readonly verdict: string;
  readonly window: string;
}

/** Validators that share the load, and clients who ask any of them and go to another one when it has died. */
export class Fleet {
  #living: { readonly validator: ServiceProcess; readonly client: ValidatorClient }[];

  private constructor(
    validators: readonly ServiceProcess[],
    token: string,
    private readonly random: SeededRandom,
  ) {
    this.#living = validators.map((validator) => ({
      validator,
      client: new ValidatorClient({ validator: validator.listens['grpc'] ?? '' }, token),
    }));
  }

  static async start(
    bed: ServiceBed,
    { name, count, planted, brokers }: FleetOrder,
    random: SeededRandom,
  ): Promise<Fleet> {
    const names = Array.from({ length: count }, (_, index) => `${name}-${index}`);
    const way = brokers === undefined ? {} : { brokers };
    const started = names.map((validator) => bed.startValidator({ name: validator, planted, ...way }));
    return new Fleet(await Promise.all(started), bed.tokens.auditor, random);
  }

  get size(): number {
    return this.#living.length;
  }

  /** kill -9 of one of them, at random; none when two are left. */
  async killOne(): Promise<void> {
    if (this.size <= 2) return;
    const [victim] = this.#living.splice(this.random.between(0, this.size - 1), 1);
    await victim?.validator.kill();
  }

  /** Seven of ten uses go to the first: traffic is skewed. Repeats with the same request id until there is a decision. */
  async use({ code, position: minPosition }: IssuedCode, requestId: string): Promise<Outcome> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const { verdict, decision } = await this.#oneOf().validate({ code, requestId, minPosition });
      const isDecided = !verdict.startsWith(`${status.UNAVAILABLE} `);
      const window = String(decision?.remaining?.rateResetsAt?.seconds ?? '');
      if (isDecided || performance.now() > giveUpMs) return { requestId, verdict, window };
    }
  }

  close(): void {
    for (const { client } of this.#living) client.close();
  }

  #oneOf(): ValidatorClient {
    const index = this.random.next() < 0.7 ? 0 : this.random.between(0, this.size - 1);
    const client = this.#living[index]?.client;
    if (client === undefined) throw new RangeError('nobody is left to ask');
    return client;
  }
}
