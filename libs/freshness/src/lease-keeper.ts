import { randomUUID } from 'node:crypto';
import type { LogHead } from '@openclaw/event-log';
import type { Renewal } from './codec';
import type { CoordinationFeed, FeedRecord } from './coordination-feed';
import type { CoordinationView } from './coordination-view';
import { extendLease, holds, isProven, type Lease, leaseUnder, type Proof } from './lease';
import type { LeaseStatus } from './lease-status';
import { LogClock } from './log-clock';
import { Renewer } from './renewer';
import type { HostTime, Moment, MonotonicMs } from './time.port';
import { momentAtLook } from './time.port';

/** The state that decisions are made from. */
export interface Projection {
  /** Head of the log as applied to that state. Never goes back in one incarnation. */
  applied(): LogHead;
  /** Calls `listener` after `applied` has moved; the returned function ends that. */
  onApplied(listener: () => void): () => void;
}

export interface LeaseKeeperOptions {
  /** Name of the validator; two processes may share it. */
  readonly validator: string;
  readonly projection: Projection;
  /** L, milliseconds: no decision is later than ack(revoke) + this. */
  readonly boundMs: number;
  /** The laxest bound that a code may have of its own (grace), milliseconds; not below L, which it is by default. */
  readonly graceMaxMs?: number;
  /** Last usage number per usage partition, for the audit's floor. */
  readonly lastSequence?: () => readonly number[];
}

/** A lease as a decision captured it, together with the state it judges. */
export interface CapturedLease extends Lease {
  readonly generation: number;
  readonly capturedAtMs: MonotonicMs;
}

const RENEWALS_PER_BOUND = 5;
/** Proofs kept while the projection or a covering head is waited for; newer ones are the better ones. */
const WAITING_MAX = 2 * RENEWALS_PER_BOUND;

/**
 * Holds the lease of one validator incarnation: renews it every L/5 and lets decisions look at it (`lease.ts`).
 *
 * A decision calls `capture` in the same synchronous turn in which it reads the state, and `stillFresh` after its last
 * await, just before the answer is written. Undefined or false: decide again once, then answer UNAVAILABLE with
 * `retryAfterMs`.
 */
export class LeaseKeeper {
  readonly incarnation = randomUUID();
  readonly #view: CoordinationView;
  readonly #renewer: Renewer;
  readonly #logClock = new LogClock();
  readonly #listeners = new Set<(held: boolean) => void>();
  readonly #unlisten: readonly (() => void)[];
  #readBack: Moment[] = [];
  #proofs: Proof[] = [];
  #lease: Lease | undefined;
  #generation = 0;
  #held = false;
  #closed = false;
  #cancelLapse: () => void = () => undefined;
  /** No decision of anybody rests on a proof that is older: renewals name it, receipts wait for it. */
  readonly #longestMs: number;

  /** Starts to renew at once. The log must be open, so that the feed knows its id. */
  constructor(
    private readonly feed: CoordinationFeed,
    private readonly time: HostTime,
    private readonly options: LeaseKeeperOptions,
  ) {
    const { boundMs, graceMaxMs = boundMs, projection } = options;
    this.#longestMs = Math.max(boundMs, graceMaxMs);
    if (feed.view === undefined || feed.ended !== undefined) throw feed.ended ?? new TypeError('open the log first');
    this.#view = feed.view;
    this.#renewer = new Renewer(feed, time, {
      compose: (nonce) => this.#renewal(nonce),
      everyMs: boundMs / RENEWALS_PER_BOUND,
      uselessAfterMs: this.#longestMs,
    });
    this.#unlisten = [
      feed.listen({
        onRecord: (read) => this.#onRecord(read),
        onRestart: () => this.#drop(),
        onHalt: () => this.close(),
      }),
      projection.onApplied(() => this.#onApplied()),
    ];
    this.#renewer.renew();
  }

  /** When a caller that was refused for want of a lease may try again. */
  get retryAfterMs(): number {
    return this.options.boundMs / RENEWALS_PER_BOUND;
  }

  /**
   * The lease in force, or undefined. A code with a bound of its own passes that: a stricter one, or a laxer one as far
   * as the deployment grants grace, because receipts wait no longer than the bound that the renewals name.
   */
  capture(boundMs: number = this.options.boundMs): CapturedLease | undefined {
    if (this.#lease === undefined || this.#closed) return undefined;
    const now = momentAtLook(this.time);
    if (this.#held && !holds(this.#lease, now)) this.#watch();
    const lease = leaseUnder(this.#lease, Math.min(boundMs, this.#longestMs));
    if (!holds(lease, now)) return undefined;
    const { provenAt, endsAtMs } = lease;
    return { provenAt, endsAtMs, generation: this.#generation, capturedAtMs: now.monotonicMs };
  }

  /** The second look: at the captured lease and no other. */
  stillFresh(captured: CapturedLease): boolean {
    return !this.#closed && captured.generation === this.#generation && holds(captured, momentAtLook(this.time));
  }

  /**
   * Milliseconds since 1970 by the log's clock, now or at another instant of this host: what expiry and not-before are
   * judged by. Undefined: no renewal yet.
   */
  logNowMs(at: MonotonicMs = this.time.monotonic.nowMs()): number | undefined {
    return this.#logClock.nowMs(at);
  }

  /** Calls `listener` when the lease is gained or lost; the returned function ends that. */
  onChange(listener: (held: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  status(): LeaseStatus {
    const held = this.capture() !== undefined;
    const now = momentAtLook(this.time);
    const logNowMs = this.#logClock.nowMs(now.monotonicMs);
    return {
      held,
      boundMs: this.options.boundMs,
      ageMs: this.#lease === undefined ? undefined : now.monotonicMs - this.#lease.provenAt.monotonicMs,
      applied: this.options.projection.applied().position,
      need: this.#view.need,
      covered: this.#view.covered,
      hostClockOffMs: logNowMs === undefined ? undefined : now.wallMs - logNowMs,
      restarts: this.feed.restarts,
      unparsable: this.#view.unparsable,
      halted: this.feed.ended?.name === 'LogHalted' ? this.feed.ended : undefined,
    };
  }

  /** Gives the lease up for good, captured ones too, and leaves no timer behind. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#renewer.end();
    this.#cancelLapse();
    for (const unlisten of this.#unlisten) unlisten();
    this.#tell(false);
  }

  #renewal(nonce: number): Renewal {
    const { validator, projection, lastSequence = () => [] } = this.options;
    const { position: applied, chainHash } = projection.applied();
    const { logId, need: head } = this.#view;
    const { incarnation } = this;
    const covers = this.#view.coversUpTo(head);
    return {
      kind: 'renewal', validator, incarnation, nonce, logId, boundMs: this.#longestMs, applied, chainHash,
      lastSequence: lastSequence(), head, covers,
    }; // prettier-ignore
  }

  #onRecord({ record, appendedAtMs }: FeedRecord): void {
    const isOwn = record.kind === 'renewal' && record.incarnation === this.incarnation;
    const sentAt = isOwn ? this.#renewer.match(record.nonce) : undefined;
    if (sentAt !== undefined) {
      this.#logClock.observe({ appendedAtMs, sentAtMs: sentAt.monotonicMs });
      this.#readBack = [...this.#readBack, sentAt].slice(-WAITING_MAX);
    }
    this.#grant();
  }

  #onApplied(): void {
    const applied = this.options.projection.applied();
    const difference = applied.position < 0 ? undefined : this.#view.compare(applied);
    if (difference === undefined) this.#grant();
    else this.feed.halt(new Error(difference));
  }

  #grant(): void {
    if (!this.#view.covered) return;
    const { need } = this.#view;
    for (const sentAt of this.#readBack.splice(0)) this.#proofs.push({ sentAt, need });
    if (this.#proofs.length === 0) return;
    const applied = this.options.projection.applied().position;
    const proven = this.#proofs.filter((proof) => isProven(proof, applied));
    this.#proofs = this.#proofs.filter((proof) => !isProven(proof, applied)).slice(-WAITING_MAX);
    if (proven.length === 0) return;
    for (const proof of proven) this.#lease = extendLease(this.#lease, proof, this.options.boundMs);
    this.#watch();
  }

  /** Tells whether the lease holds, now and when that ends. A lease lost to a sleep is renewed at once. */
  #watch(): void {
    this.#cancelLapse();
    const now = momentAtLook(this.time);
    if (this.#lease !== undefined && holds(this.#lease, now)) {
      const remainingMs = this.#lease.endsAtMs - now.monotonicMs;
      this.#cancelLapse = this.time.scheduler.after(remainingMs, () => this.#watch());
      this.#tell(true);
    } else if (this.#held) {
      this.#tell(false);
      this.#renewer.renew();
    }
  }

  /** Records were skipped: nothing proven so far counts. */
  #drop(): void {
    this.#generation += 1;
    this.#lease = undefined;
    this.#readBack = [];
    this.#proofs = [];
    this.#cancelLapse();
    this.#tell(false);
    this.#renewer.renew();
  }

  #tell(held: boolean): void {
    if (this.#held === held) return;
    this.#held = held;
    for (const listener of this.#listeners) listener(held);
  }
}
