import type { Position } from '@openclaw/event-log';
import type { Decoded } from '../src/codec';
import { NOWHERE } from '../src/codec';
import { extendLease, holds, isProven, type Lease, type Proof } from '../src/lease';
import type { Moment, MonotonicMs, WallMs } from '../src/time.port';
import { headAt, SimulatedReader } from './simulated-reader';
import { type Flight, LEASE_MS, type SimulatedStore } from './simulated-store';

interface Pending {
  readonly sentAt: Moment;
  readonly flight: Flight;
  heardAt: Moment | undefined;
}

interface Decision {
  readonly lease: Lease;
  /** Whether the state it judges has the revocation. */
  readonly knows: boolean;
  readonly begunAtMs: number;
}

/** A validator: renews, reads the coordination journal and the log at its own pace, decides, looks twice. */
export class SimulatedValidator {
  #life = 0;
  #nonce = 0;
  #applied: Position = NOWHERE;
  #pending = new Map<number, Pending>();
  #readBack: Moment[] = [];
  #proofs: Proof[] = [];
  #lease: Lease | undefined;
  #decisions: Decision[] = [];
  #reader: SimulatedReader;

  constructor(
    private readonly world: SimulatedStore,
    private readonly index: number,
  ) {
    this.#reader = this.#openReader();
    this.restart(0);
  }

  /** A new incarnation, from a snapshot of the log of any age. */
  restart(age: number): void {
    this.#life += 1;
    this.#applied = Math.max(NOWHERE, this.world.log.length - 1 - age) as Position;
    this.#pending = new Map();
    this.#readBack = [];
    this.#proofs = [];
    this.#lease = undefined;
    this.#decisions = [];
    this.#reader = this.#openReader();
  }

  apply(amount: number): void {
    this.#applied = Math.min(this.#applied + amount, this.world.log.length - 1) as Position;
    if (this.world.mutant === 'lease from a fetch') this.#extend({ sentAt: this.#now(), need: NOWHERE });
    this.#grant();
  }

  renew(): void {
    const { view } = this.#reader;
    const flight = this.world.produce({
      kind: 'renewal',
      validator: 'v',
      incarnation: this.#incarnation(),
      nonce: (this.#nonce += 1),
      boundMs: LEASE_MS,
      applied: this.#applied,
      logId: 'log',
      chainHash: headAt(this.#applied).chainHash,
      lastSequence: [],
      head: view.need,
      covers: view.coversUpTo(view.need),
    });
    this.#pending.set(this.#nonce, { sentAt: this.#now(), flight, heardAt: undefined });
  }

  hear(): void {
    for (const pending of this.#pending.values()) {
      if (!pending.flight.landed || pending.heardAt !== undefined) continue;
      pending.heardAt = this.#now();
      const unread = this.world.mutant === 'lease at the produce acknowledgement, not read back';
      if (unread) this.#proofs.push({ sentAt: pending.sentAt, need: this.#reader.view.need });
    }
    this.#grant();
  }

  follow(amount: number): void {
    this.#reader.read(amount);
    this.#grant();
  }

  /** Begins a decision and leaves it waiting, for as long as anybody may be paused. */
  begin(): void {
    const decision = this.#decision();
    if (decision !== undefined) this.#decisions.push(decision);
  }

  /** Every decision that is under way, and one begun right now: would its second look let it be answered? */
  look(): void {
    const { mutant } = this.world;
    const now = this.#now();
    const begunNow = this.#decision();
    for (const { lease, knows, begunAtMs } of begunNow === undefined
      ? this.#decisions
      : [...this.#decisions, begunNow]) {
      const looked = mutant === 'second look at a newer lease' ? (this.#lease ?? lease) : lease;
      if (!knows && (mutant === 'no second look' || holds(looked, now))) this.world.allowed(begunAtMs);
    }
  }

  #openReader(): SimulatedReader {
    return new SimulatedReader(this.world, (record, _, restarted) => this.#onRecord(record, restarted));
  }

  #decision(): Decision | undefined {
    if (this.#lease === undefined || !holds(this.#lease, this.#now())) return undefined;
    const { revokedAt, nowMs } = this.world;
    const knows = revokedAt !== undefined && this.#applied >= revokedAt;
    return { lease: this.#lease, knows, begunAtMs: nowMs };
  }

  #onRecord(record: Decoded, restarted: boolean): void {
    if (restarted) {
      this.#lease = undefined;
      this.#readBack = [];
      this.#proofs = [];
    }
    if (record.kind !== 'renewal') return;
    const sentAt = this.#matched(record.incarnation, record.nonce);
    if (sentAt !== undefined) this.#readBack.push(sentAt);
  }

  #matched(incarnation: string, nonce: number): Moment | undefined {
    const { mutant } = this.world;
    if (mutant === 'matched by validator id') return [...this.#pending.values()].at(-1)?.sentAt;
    const pending = incarnation === this.#incarnation() ? this.#pending.get(nonce) : undefined;
    if (mutant === 'lease counted from the read-back' && pending !== undefined) return this.#now();
    if (mutant === 'lease counted from the produce acknowledgement') return pending?.heardAt;
    return pending?.sentAt;
  }

  #grant(): void {
    const { view } = this.#reader;
    const need = this.world.mutant === 'heads not read' ? NOWHERE : view.need;
    if (view.covered) for (const sentAt of this.#readBack.splice(0)) this.#proofs.push({ sentAt, need });
    for (const proof of this.#proofs) {
      const awaited = this.world.mutant !== 'applied not awaited';
      if (!awaited || isProven(proof, this.#applied)) this.#extend(proof);
    }
  }

  #extend(proof: Proof): void {
    this.#lease = extendLease(this.#lease, proof, LEASE_MS);
  }

  #incarnation(): string {
    return `v${this.index}/${this.#life}`;
  }

  #now(): Moment {
    const { nowMs } = this.world;
    return { monotonicMs: (nowMs + 7_000 * this.index) as MonotonicMs, wallMs: (nowMs + 1_000_000) as WallMs };
  }
}
