import { type Logger, type Observed, observe } from '@openclaw/platform';
import type { ProducerAccounts } from './producer-accounts';
import { VERDICTS, type Verdict } from './verdict';
import { windowView } from './producer.view';

const EVERY_MS = 60_000;

/** Looks at every producer once a minute: counts them for the metric, and tells once of each that needs somebody. */
export class ProducerWatch {
  readonly #told = new Map<string, Verdict>();
  readonly #timer: NodeJS.Timeout;
  readonly #unobserve: () => void;
  #counts: ReadonlyMap<Verdict, number> | undefined;
  #looking: Promise<void> | undefined;

  constructor(
    private readonly accounts: Pick<ProducerAccounts, 'all'>,
    private readonly logger: Logger,
  ) {
    this.#unobserve = observe('openclaw.usage.producers', () => this.#observed());
    this.#timer = setInterval(() => void this.look().catch(() => undefined), EVERY_MS).unref();
    void this.look().catch(() => undefined);
  }

  /** Rejects when the views do not answer: what was seen before stands until then. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#unobserve();
    await this.#looking?.catch(() => undefined);
  }

  async #look(): Promise<void> {
    const counts = new Map<Verdict, number>();
    for await (const { producer, validator, verdict, window } of this.accounts.all()) {
      counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      if ((verdict !== 'lost' && verdict !== 'unaccounted') || this.#told.get(producer) === verdict) continue;
      this.#told.set(producer, verdict);
      this.logger.error({ producer, validator, verdict, window: windowView(window) }, 'usage records may be missing');
    }
    this.#counts = counts;
  }

  #observed(): readonly Observed[] {
    const counts = this.#counts;
    if (counts === undefined) return [];
    return VERDICTS.map((verdict) => ({
      value: counts.get(verdict) ?? 0,
      attributes: { 'openclaw.producer.verdict': verdict },
    }));
  }
}
