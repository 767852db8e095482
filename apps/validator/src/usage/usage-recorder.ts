import { partitionOf, streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { type Claim, encodeOuterForm, streamName } from '@openclaw/event-log';
import type { Decision } from '../validate-code/decision';
import { NoDecision } from '../validate-code/no-decision';
import { recordableAddress, type UseRequest } from '../validate-code/use-request';
import { DecidedEncoder } from './decided-encoder';
import { RefusalCounter } from './refusal-counter';
import type { SpooledUsage, UsageDurability } from './spooled-usage';

export interface UsageRecorderOptions {
  /** Incarnation of the validator; never used again. */
  readonly producer: string;
  /** Name of the validator, for people. */
  readonly validator: string;
  /** Where records are kept until the log has them. */
  readonly spooled: Pick<SpooledUsage, 'partitions' | 'durability' | 'backlog' | 'takes' | 'keep' | 'lastDurable'>;
  /** The highest number that is given to a decision; only specs say another one. */
  readonly sequenceMax?: number;
  /** The numbers of a partition are used up: the process must end, and its next life is another producer. */
  readonly onExhausted: (reason: Error) => void;
  /** Milliseconds since 1970, on the host's clock: for records that no decision gives a time. */
  readonly nowMs: () => number;
}

/** What became of a decision's record. */
export interface RecordedUse {
  /** Where it stands; undefined when it was only counted. */
  readonly place: Place | undefined;
  /** Resolves when the decision may be given; a rejection means that it must not be. */
  readonly kept: Promise<void>;
}

interface Place {
  readonly partition: number;
  readonly sequence: number;
}

const RETRY_AFTER_MS = 1000;
/** Revisions are signed 32-bit integers; what is left above is for what is in hand, and for the end. */
const SEQUENCE_MAX = 2 ** 31 - 1 - 1_000_000;
/** A second's refusals are counted together. */
const FLUSH_MS = 1000;
const COUNTED: RecordedUse = { place: undefined, kept: Promise.resolve() };

/**
 * Numbers and records every decision, in one turn with the decision; the answer waits until the record is kept as
 * durably as the deployment asks for (ARCHITECTURE section 8).
 */
export class UsageRecorder {
  readonly #last: number[];
  readonly #streams: readonly string[];
  readonly #decided: DecidedEncoder;
  readonly #refusals = new RefusalCounter();
  #flushTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly options: UsageRecorderOptions) {
    const { partitions, durability } = options.spooled;
    const { producer, validator } = options;
    this.#last = Array.from({ length: partitions }, () => 0);
    this.#streams = this.#last.map((_, partition) => streamOf.usage(producer, partition));
    this.#decided = new DecidedEncoder(producer, validator, partitions);
    for (const partition of this.#last.keys()) {
      const openedAt = options.nowMs();
      this.#append(partition, openedAt, (numbered) => ({
        type: 'ProducerOpened',
        data: { ...numbered, validator, partition, openedAt, durability },
      }));
    }
  }

  /**
   * Last number per partition that is kept: the floor that lease renewals tell the audit. A number that was given and
   * never became durable was never answered on, and a successor does not find it.
   */
  lastSequence(): readonly number[] {
    return this.options.spooled.lastDurable();
  }

  /** Where a record is before its answer. */
  get durability(): UsageDurability {
    return this.options.spooled.durability;
  }

  /** Records that the log has not acknowledged yet. */
  get backlog(): number {
    return this.options.spooled.backlog;
  }

  /**
   * Takes a decision on record; throws `NoDecision` when it cannot, and then the decision must not be given. Refusals of
   * codes that do not exist are counted instead of listed when one source sends many (see `RefusalCounter`).
   */
  record(use: UseRequest, decision: Decision, latencyUs: number): RecordedUse {
    if (this.#isClosed) throw new NoDecision('openclaw.validator.shutting-down');
    if (!this.options.spooled.takes()) throw unrecordable();
    const sourceIp = recordableAddress(use.sourceIp);
    if (decision.code === undefined && this.#refusals.count(sourceIp, decision)) {
      this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS).unref();
      return COUNTED;
    }
    const partition = partitionOf(decision.code?.codeId ?? sourceIp, this.#last.length);
    const sequence = this.#next(partition);
    if (sequence > (this.options.sequenceMax ?? SEQUENCE_MAX)) throw this.#exhausted();
    const value = this.#decided.encode({ partition, sequence, use, decision, latencyUs });
    const place = { partition, sequence };
    return { place, kept: this.#answerable(this.#keep(place, value), place) };
  }

  /** Says that the answer to a recorded decision was not given. */
  withhold({ place }: Pick<RecordedUse, 'place'>): void {
    if (place === undefined || this.#isClosed) return;
    const { partition, sequence } = place;
    this.#append(partition, this.options.nowMs(), (numbered) => ({
      type: 'UsageWithheld',
      data: { ...numbered, withheld: sequence },
    }));
  }

  /** Ends every partition: nothing is recorded any more. */
  end(): void {
    if (this.#isClosed) return;
    this.#recordCounts(); // their numbers are taken even when the spool is full: then the successor sends them
    clearTimeout(this.#flushTimer);
    this.#isClosed = true;
    for (const [partition, last] of this.#last.entries()) this.#end(partition, last);
  }

  /** Records what was counted. What a full spool does not take waits: it is as much as was allowed to be counted. */
  #flush(): void {
    this.#flushTimer = undefined;
    if (this.options.spooled.takes()) this.#recordCounts();
    else this.#flushTimer = setTimeout(() => this.#flush(), FLUSH_MS).unref();
  }

  #recordCounts(): void {
    const { validator, nowMs } = this.options;
    for (const { sourceIp, fromMs, ...counted } of this.#refusals.take()) {
      const source = sourceIp === '' ? {} : { sourceIp };
      const forMs = Math.max(0, Math.round(nowMs() - fromMs));
      this.#append(partitionOf(sourceIp, this.#last.length), nowMs(), (numbered) => ({
        type: 'RefusalsAggregated',
        data: { ...numbered, validator, from: fromMs, forMs, ...source, ...counted },
      }));
    }
  }

  #end(partition: number, last: number): void {
    const closedBy = this.options.validator;
    this.#append(partition, this.options.nowMs(), (numbered) => ({
      type: 'ProducerClosed',
      data: { ...numbered, last, closedBy },
    }));
  }

  #append(partition: number, atMs: number, event: (numbered: Numbered) => UsageEvent): void {
    const { producer, validator } = this.options;
    const sequence = this.#next(partition);
    const { type, terminal, data } = usageCodec.encode(event({ producer, sequence }));
    const claim: Claim = terminal ? 'terminal' : sequence;
    const id = `${producer}/${partition}/${sequence}`;
    const time = new Date(atMs).toISOString();
    const stream = streamName(this.#streams[partition] ?? '');
    const value = encodeOuterForm(stream, claim, { id, type, time, source: validator, data });
    this.#keep({ partition, sequence }, value).catch(() => undefined); // nobody waits for an answer on it
  }

  #exhausted(): NoDecision {
    this.options.onExhausted(new Error('the numbers of this producer of usage records are used up'));
    return unrecordable();
  }

  #next(partition: number): number {
    return (this.#last[partition] ?? 0) + 1;
  }

  /** Only now is the number taken: a record that cannot be written must leave no hole. */
  #keep({ partition, sequence }: Place, value: Buffer): Promise<void> {
    this.#last[partition] = sequence;
    return this.options.spooled.keep({ partition, sequence, key: this.#streams[partition] ?? '', value });
  }

  /** What is not kept in time is not answered, and the record of it says so. */
  #answerable(kept: Promise<void>, place: Place): Promise<void> {
    const answerable = kept.catch(() => {
      this.withhold({ place });
      throw unrecordable();
    });
    answerable.catch(() => undefined); // who gives an answer on it looks
    return answerable;
  }
}

const unrecordable = (): NoDecision => new NoDecision('openclaw.validator.usage-unrecordable', RETRY_AFTER_MS);

interface Numbered {
  readonly producer: string;
  readonly sequence: number;
}
