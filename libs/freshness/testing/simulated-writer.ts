import type { Position } from '@openclaw/event-log';
import type { Decoded } from '../src/codec';
import { COVERS_NOTHING, NOWHERE } from '../src/codec';
import { ReceiptLedger } from '../src/receipt-ledger';
import type { MonotonicMs } from '../src/time.port';
import { headAt, SimulatedReader } from './simulated-reader';
import { type Flight, LEASE_MS, type SimulatedStore } from './simulated-store';

/** A writer: notes c0, marks its start, appends, reads back, commits heads, then answers. */
export class SimulatedWriter {
  #life = 0;
  #applied: Position = NOWHERE;
  #marker: Position | undefined;
  #covers: number = COVERS_NOTHING;
  #hasSentHead = false;
  #command: Position | undefined;
  #flying: { readonly flight: Flight; readonly position: Position } | undefined;
  #reader: SimulatedReader;
  #read: { readonly record: Decoded; readonly offset: number; readonly atMs: MonotonicMs }[] = [];

  constructor(
    private readonly world: SimulatedStore,
    private readonly name: string,
  ) {
    this.#reader = this.#openReader();
    this.restart();
  }

  restart(): void {
    this.#life += 1;
    this.#applied = NOWHERE;
    this.#marker = undefined;
    this.#covers = this.world.coordination.length;
    this.#hasSentHead = false;
    this.#command = undefined;
    this.#flying = undefined;
    this.#read = [];
    this.#reader = this.#openReader();
  }

  mark(): void {
    this.#marker ??= this.world.append('other');
  }

  readLog(amount: number): void {
    this.#applied = Math.min(this.#applied + amount, this.world.log.length - 1) as Position;
    if (this.world.mutant === 'head after the answer') this.#answerUpTo(this.#applied);
  }

  /** A first revocation is appended; a repeat only confirms what was read. */
  revoke(): void {
    if (!this.#isUp() || this.#command !== undefined) return;
    const { revokedAt, mutant } = this.world;
    const isRepeat = revokedAt !== undefined && this.#applied >= revokedAt;
    this.#command = isRepeat ? this.#applied : this.world.append('revoke');
    if (isRepeat && mutant === 'a repeat answered without a head') this.#answerUpTo(this.#applied);
  }

  sendHead(): void {
    if (!this.#isUp() || this.#flying !== undefined) return;
    const { mutant, coordination } = this.world;
    const isFirst = !this.#hasSentHead;
    if (isFirst && mutant === 'covers noted after the marker') this.#covers = coordination.length;
    this.#covers = Math.max(this.#covers, this.#reader.view.coversUpTo(this.#applied));
    const head = { kind: 'head', writer: this.#id(), ...headAt(this.#applied), covers: this.#covers } as const;
    this.#flying = { flight: this.world.produce(head), position: this.#applied };
    this.#hasSentHead = true;
  }

  hearAck(): void {
    if (this.#flying?.flight.landed !== true) return;
    this.#answerUpTo(this.#flying.position);
    this.#flying = undefined;
  }

  readCoordination(amount: number): void {
    this.#reader.read(amount);
  }

  judge(): void {
    const { revokedAt } = this.world;
    if (revokedAt === undefined || this.#applied < revokedAt) return;
    const receipt = this.#ledger(revokedAt).judge(revokedAt, this.#nowMs());
    if (receipt.complete) this.world.receiptAtMs ??= this.world.nowMs;
  }

  #openReader(): SimulatedReader {
    return new SimulatedReader(this.world, (record, offset) =>
      this.#read.push({ record, offset, atMs: this.#nowMs() }),
    );
  }

  #ledger(revokedAt: Position): ReceiptLedger {
    const ledger = new ReceiptLedger(this.#id(), LEASE_MS);
    let hasHead = false;
    for (const { record, offset, atMs } of this.#read) {
      hasHead ||= record.kind === 'head' && record.writer === this.#id() && record.position >= revokedAt;
      ledger.admit(offset, hasHead ? this.#asDone(record, revokedAt) : this.#asNamed(record), atMs);
    }
    if (this.world.mutant === 'receipt judged before the own head is read') {
      const end = this.#read.at(-1)?.offset ?? -1;
      ledger.admit(end + 1, { kind: 'head', writer: this.#id(), ...headAt(revokedAt), covers: 0 }, this.#nowMs());
    }
    return ledger;
  }

  #asNamed(record: Decoded): Decoded {
    const isMutant = this.world.mutant === 'receipt per validator id' && record.kind === 'renewal';
    return isMutant ? { ...record, incarnation: record.validator } : record;
  }

  #asDone(record: Decoded, revokedAt: Position): Decoded {
    const isMutant = this.world.mutant === 'renewed after my head taken as done' && record.kind === 'renewal';
    return isMutant ? { ...record, applied: revokedAt } : this.#asNamed(record);
  }

  #answerUpTo(position: Position): void {
    if (this.#command === undefined || this.#command > position) return;
    this.#command = undefined;
    this.world.ackedAtMs ??= this.world.nowMs;
  }

  #isUp(): boolean {
    return this.#marker !== undefined && this.#applied >= this.#marker;
  }

  #id(): string {
    return `${this.name}/${this.#life}`;
  }

  #nowMs(): MonotonicMs {
    return (this.world.nowMs + 500_000) as MonotonicMs;
  }
}
