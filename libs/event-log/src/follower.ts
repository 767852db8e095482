import { positionAt } from './brand';
import { ChainHash, GENESIS_CHAIN_HASH } from './chain-hash';
import type { FollowBatch, FollowStart, LogEntry } from './event-log.port';
import { LogHalted } from './event-log.port';
import type { Journal, JournalRecord } from './journal.port';
import type { LogReader } from './log-reader';
import { parseOuterForm, toRecordedEvent } from './outer-form';
import type { TailBatch } from './tail';

/**
 * One follower: takes batches from the shared tail, and reads the journal itself while it is behind the tail. It
 * carries its own chain hash from its saved place on, so that joining the tail also proves that both read one history.
 */
export class Follower {
  #next: number;
  #chainHash: string;
  #reachedKnownEnd = false;

  constructor(
    private readonly journal: Journal,
    private readonly reader: LogReader,
    after: FollowStart,
    /** How long the log may end before the saved place until that counts as a lost tail. */
    private readonly lostTailAfterMs: number,
  ) {
    this.#next = after === 'beginning' ? 0 : after.position + 1;
    this.#chainHash = after === 'beginning' ? GENESIS_CHAIN_HASH : after.chainHash;
  }

  /** First position that was not handed out yet. */
  get next(): number {
    return this.#next;
  }

  async *run(knownEnd: number, signal: AbortSignal): AsyncGenerator<FollowBatch> {
    await this.#mustReach(this.#next - 1, signal);
    if (knownEnd < this.#next) yield this.#batch([], knownEnd);
    while (!signal.aborted) {
      if (this.reader.halted !== undefined) throw this.reader.halted;
      const batch = this.reader.tail.holding(this.#next);
      if (batch !== undefined) {
        yield this.#batch(this.#fromTail(batch), knownEnd);
      } else if (this.#next <= this.reader.head().position) {
        for await (const entries of this.#catchUp(signal)) yield this.#batch(entries, knownEnd);
      } else await this.reader.advanced(signal);
    }
    if (this.reader.halted !== undefined) throw this.reader.halted;
  }

  /** A saved place beyond the end of the log: wait out a stale answer, then call it what it is, a lost tail. */
  async #mustReach(position: number, signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(this.lostTailAfterMs)]);
    while (this.reader.head().position < position && this.reader.halted === undefined) {
      if (signal.aborted) return;
      if (patience.aborted) {
        throw new LogHalted(
          `${this.journal.name}: a consumer has handled position ${position}, but the log ends at ` +
            `${this.reader.head().position}: its acknowledged end was lost`,
        );
      }
      await this.reader.advanced(patience);
    }
    const head = this.reader.head();
    if (head.position === position && head.chainHash !== this.#chainHash) throw this.#anotherHistory();
  }

  #anotherHistory(): LogHalted {
    return new LogHalted(`${this.journal.name}: another chain hash before position ${this.#next}: not one history`);
  }

  #batch(entries: readonly LogEntry[], knownEnd: number): FollowBatch {
    const { logId, position } = this.reader.head();
    const reachesKnownEnd = !this.#reachedKnownEnd && this.#next > knownEnd;
    this.#reachedKnownEnd ||= reachesKnownEnd;
    return {
      entries,
      head: { logId, position: positionAt(this.#next - 1), chainHash: this.#chainHash },
      caughtUp: reachesKnownEnd || (this.#reachedKnownEnd && this.#next > position),
    };
  }

  #fromTail(batch: TailBatch): readonly LogEntry[] {
    const first = batch.head.position - batch.entries.length + 1;
    const skip = this.#next - first;
    const chain = new ChainHash(batch.before);
    if (skip > 0) for (const entry of batch.entries.slice(0, skip)) chain.update(entry.value);
    if (chain.hex() !== this.#chainHash) throw this.#anotherHistory();
    this.#next = batch.head.position + 1;
    this.#chainHash = batch.head.chainHash;
    return skip > 0 ? batch.entries.slice(skip) : batch.entries;
  }

  async *#catchUp(signal: AbortSignal): AsyncGenerator<readonly LogEntry[]> {
    const done = new AbortController();
    try {
      for await (const records of this.journal.read(this.#next, AbortSignal.any([signal, done.signal]))) {
        const entries = this.#judged(records);
        if (entries.length > 0) yield entries;
        if (this.reader.tail.holding(this.#next) !== undefined || entries.length < records.length) return;
      }
    } finally {
      done.abort();
    }
  }

  /** The records of a batch that the one reader has passed a verdict on. */
  #judged(records: readonly JournalRecord[]): readonly LogEntry[] {
    const chain = new ChainHash(this.#chainHash);
    const end = this.reader.head().position;
    const entries = records.filter((record) => record.offset <= end).map((record) => this.#reread(record, chain));
    this.#chainHash = chain.hex();
    return entries;
  }

  /** The verdict was passed by the one reader; here the record only gets its number, hash and body again. */
  #reread(record: JournalRecord, chain: ChainHash): LogEntry {
    if (record.offset !== this.#next) {
      throw new LogHalted(`${this.journal.name}: expected offset ${this.#next}, got ${record.offset}`);
    }
    this.#next += 1;
    chain.update(record.value);
    const position = positionAt(record.offset);
    const parsed = parseOuterForm(record.value);
    if (!parsed.ok) return { kind: 'unparsable', position, reason: parsed.reason, value: record.value };
    const kind = this.reader.isSuperseded(position) ? 'superseded' : 'event';
    const revision =
      parsed.outer.claim === 'terminal' ? this.#terminalRevision(kind, parsed.outer.stream) : parsed.outer.claim;
    const event = toRecordedEvent(parsed.outer, { position, revision, appendedAtMs: record.appendedAtMs });
    return { kind, position, event, value: record.value };
  }

  /** A terminal event is the last of its stream, so the revision it got is the stream's revision. */
  #terminalRevision(kind: 'superseded' | 'event', stream: string): number {
    return kind === 'event' ? this.reader.acceptance.of(stream).revision : 0;
  }
}
