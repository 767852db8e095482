import type { Renewal } from './codec';
import { encodeRecord } from './codec';
import type { CoordinationFeed } from './coordination-feed';
import { produce } from './coordination-feed';
import type { HostTime, Moment } from './time.port';
import { momentBefore } from './time.port';

export interface RenewerOptions {
  readonly compose: (nonce: number) => Renewal;
  readonly everyMs: number;
  /** A renewal older than this gives no lease any more. */
  readonly uselessAfterMs: number;
}

/**
 * Sends the renewals of one incarnation: one every `everyMs`, one in flight, each with a new nonce and with the moment
 * BEFORE it was sent. A renewal is never sent again; the next one follows soon, and its proof is the better one.
 */
export class Renewer {
  readonly #sent = new Map<number, Moment>();
  #nonce = 0;
  #inFlight = false;
  #due = false;
  #ended = false;
  #cancel: () => void = () => undefined;

  constructor(
    private readonly feed: CoordinationFeed,
    private readonly time: HostTime,
    private readonly options: RenewerOptions,
  ) {}

  /** Sends a renewal now, or as soon as the one in flight is settled, and then one every `everyMs`. */
  renew(): void {
    this.#due = this.#inFlight;
    if (this.#inFlight || this.#ended) return;
    this.#cancel();
    this.#cancel = this.time.scheduler.after(this.options.everyMs, () => this.renew());
    this.#forgetUseless();
    void this.#send((this.#nonce += 1));
  }

  /** The moment before the renewal with this nonce was sent, once: undefined for any other nonce. */
  match(nonce: number): Moment | undefined {
    const sentAt = this.#sent.get(nonce);
    this.#sent.delete(nonce);
    return sentAt;
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  async #send(nonce: number): Promise<void> {
    this.#inFlight = true;
    this.#sent.set(nonce, momentBefore(this.time));
    const renewal = this.options.compose(nonce);
    await produce(this.feed.journal, renewal.validator, encodeRecord(renewal));
    this.#inFlight = false;
    if (this.#due) this.renew();
  }

  #forgetUseless(): void {
    const oldestMs = this.time.monotonic.nowMs() - this.options.uselessAfterMs;
    for (const [nonce, sentAt] of this.#sent) if (sentAt.monotonicMs < oldestMs) this.#sent.delete(nonce);
  }
}
