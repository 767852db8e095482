import type { Heard, RenewalBook } from '@openclaw/freshness';
import type { ProducerRenewal, RenewalStore } from './producers.port';

const EVERY_MS = 5_000;

export const renewalOf = ({
  incarnation,
  validator,
  boundMs,
  lastSequence,
  firstAtMs,
  lastAtMs,
}: Heard): ProducerRenewal => ({
  producer: incarnation,
  validator,
  boundMs,
  lastSequence,
  firstHeardAt: new Date(firstAtMs),
  heardAt: new Date(lastAtMs),
});

/** Writes down every few seconds what renewals said; what the database does not take now, it gets the next time. */
export class RenewalsKeeper {
  readonly #kept = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;
  #saving: Promise<void> = Promise.resolve();

  constructor(
    private readonly renewals: RenewalBook,
    private readonly store: RenewalStore,
  ) {
    this.#timer = setInterval(() => void this.save(), EVERY_MS).unref();
  }

  /** Resolves when it was tried; never rejects. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save()).catch(() => undefined);
    return this.#saving;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.save();
  }

  async #save(): Promise<void> {
    const heard = this.renewals.all();
    const newer = heard.filter(({ incarnation, lastAtMs }) => this.#kept.get(incarnation) !== lastAtMs);
    await this.store.save(newer.map(renewalOf));
    this.#kept.clear(); // only those that are still remembered
    for (const { incarnation, lastAtMs } of heard) this.#kept.set(incarnation, lastAtMs);
  }
}
