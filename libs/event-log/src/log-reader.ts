import { AcceptanceState } from './acceptance';
import { BEFORE_FIRST, positionAt } from './brand';
import { ChainHash, GENESIS_CHAIN_HASH } from './chain-hash';
import type { LogEntry, LogHead, RecordedEvent } from './event-log.port';
import { LogHalted } from './event-log.port';
import type { Journal, JournalRecord } from './journal.port';
import { LOG_FORMAT, LOG_OPENED, readLogId } from './log-opened';
import { parseOuterForm, toRecordedEvent } from './outer-form';
import type { ResumePoint } from './resume';
import { StreamStore } from './stream-store';
import { Tail, type TailBatch } from './tail';

export interface LogReaderOptions {
  readonly keepStreams: boolean;
  readonly tailBytesMax: number;
  /** Proven before; undefined: from the first record. */
  readonly resume: ResumePoint | undefined;
  /** Called after each batch, synchronously, before followers wake. */
  readonly onBatch: (batch: TailBatch) => void;
  readonly onHalt: (reason: LogHalted) => void;
}

/**
 * The one reader of a log in a process. It demands contiguous offsets, keeps the chain hash, judges every record once
 * with the acceptance rule, and hands the verdicts to the appender, the followers and the stream store.
 */
export class LogReader {
  readonly acceptance: AcceptanceState;
  readonly tail: Tail;
  readonly streams: StreamStore | undefined;
  /** Positions that were not accepted: a follower that re-reads an old record asks here. */
  readonly #superseded = new Set<number>();
  readonly #chain: ChainHash;
  #expected: number;
  readonly #waiting = new Set<() => void>();
  #head: LogHead;
  #halted: LogHalted | undefined;
  #held: (() => Promise<void>) | undefined;

  constructor(
    private readonly journal: Journal,
    private readonly options: LogReaderOptions,
  ) {
    const { head, acceptance = new AcceptanceState() } = options.resume ?? { head: NOTHING_READ };
    this.acceptance = acceptance;
    this.#head = head;
    this.#chain = new ChainHash(head.chainHash);
    this.#expected = head.position + 1;
    this.tail = new Tail(options.tailBytesMax);
    this.streams = options.keepStreams ? new StreamStore() : undefined;
  }

  head(): LogHead {
    return this.#head;
  }

  get halted(): LogHalted | undefined {
    return this.#halted;
  }

  /** Holds the reader back while `ready` is pending: a process that only projects lets its followers set the pace. */
  holdWhile(ready: () => Promise<void>): void {
    this.#held = ready;
  }

  isSuperseded(position: number): boolean {
    return this.#superseded.has(position);
  }

  /** Reads for ever; resolves when `signal` aborts or the log halts (then `onHalt` was called and waiters woke). */
  async run(signal: AbortSignal): Promise<void> {
    try {
      for await (const records of this.journal.read(this.#expected, signal)) {
        this.#take(records);
        if (this.#held !== undefined) await this.#held();
        if (signal.aborted) break;
      }
      if (!signal.aborted) throw new LogHalted(`${this.journal.name}: the store ended the read`);
    } catch (error) {
      if (!signal.aborted) this.halt(error);
    } finally {
      this.#wake();
    }
  }

  /** The history is not what it was: nobody gets another record or another answer from this process. */
  halt(error: unknown): void {
    this.#halted ??= asHalted(this.journal.name, error);
    this.options.onHalt(this.#halted);
    this.#wake();
  }

  /** Resolves at the next batch, at a halt, or when `signal` aborts. */
  advanced(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted || this.#halted !== undefined) wake();
    });
  }

  close(): void {
    this.streams?.close();
  }

  #take(records: readonly JournalRecord[]): void {
    if (records.length === 0) return;
    const before = this.#head.chainHash;
    const entries = records.map((record) => this.#judge(record));
    const last = entries.at(-1);
    if (last === undefined) return;
    this.#head = { logId: this.#head.logId, position: last.position, chainHash: this.#chain.hex() };
    const batch: TailBatch = { entries, before, head: this.#head };
    this.streams?.add(entries.filter((entry) => entry.kind === 'event'));
    this.tail.push(batch);
    this.options.onBatch(batch);
    this.#wake();
  }

  #judge(record: JournalRecord): LogEntry {
    if (record.offset !== this.#expected) {
      throw new LogHalted(
        `${this.journal.name}: expected offset ${this.#expected}, got ${record.offset}: records are missing or changed`,
      );
    }
    this.#expected += 1;
    this.#chain.update(record.value);
    const position = positionAt(record.offset);
    const parsed = parseOuterForm(record.value);
    if (position === 0) this.#identify(parsed.ok ? parsed.outer : undefined);
    if (!parsed.ok) return { kind: 'unparsable', position, reason: parsed.reason, value: record.value };
    const verdict = this.acceptance.admit(parsed.outer.stream, parsed.outer.claim);
    const claimed = parsed.outer.claim === 'terminal' ? 0 : parsed.outer.claim;
    const revision = verdict.accepted ? verdict.revision : claimed;
    const event: RecordedEvent = toRecordedEvent(parsed.outer, {
      position,
      revision,
      appendedAtMs: record.appendedAtMs,
    });
    if (verdict.accepted) return { kind: 'event', position, event, value: record.value };
    this.#superseded.add(position);
    return { kind: 'superseded', position, event, value: record.value };
  }

  #identify(first: { readonly type: string; readonly data: unknown } | undefined): void {
    const logId = first?.type === LOG_OPENED ? readLogId(first.data) : undefined;
    if (logId === undefined) {
      throw new LogHalted(`${this.journal.name}: the first record is not ${LOG_OPENED} of format ${LOG_FORMAT}`);
    }
    this.#head = { ...this.#head, logId };
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

const NOTHING_READ: LogHead = { logId: '', position: BEFORE_FIRST, chainHash: GENESIS_CHAIN_HASH };

const asHalted = (name: string, error: unknown): LogHalted =>
  error instanceof LogHalted ? error : new LogHalted(`${name}: the log cannot be read`, { cause: error });
