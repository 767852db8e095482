import { encodePosition, httpStatusOf, partitionOf, streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { type Claim, encodeOuterForm, streamName } from '@openclaw/event-log';
import type { Decision } from '../validate-code/decision';
import { NoDecision } from '../validate-code/no-decision';
import { recordable, recordableAddress, type UseRequest } from '../validate-code/use-request';
import { RefusalCounter } from './refusal-counter';
import type { SpooledUsage } from './spooled-usage';

export interface UsageRecorderOptions {
  /** Incarnation of the validator; never used again. */
  readonly producer: string;
  /** Name of the validator, for people. */
  readonly validator: string;
  /** Where records are kept until the log has them. */
  readonly spooled: SpooledUsage;
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
/** A second's refusals are counted together. */
const FLUSH_MS = 1000;
const COUNTED: RecordedUse = { place: undefined, kept: Promise.resolve() };

/**
 * Numbers and records every decision, in one turn with the decision; the answer waits until the record is kept as
 * durably as the deployment asks for (ARCHITECTURE section 8).
 */
export class UsageRecorder {
  readonly #last: number[];
  readonly #refusals = new RefusalCounter();
  #flushTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(private readonly options: UsageRecorderOptions) {
    const { partitions, durability } = options.spooled;
    this.#last = Array.from({ length: partitions }, () => 0);
    for (const partition of this.#last.keys()) {
      const openedAt = options.nowMs();
      this.#append(partition, openedAt, (numbered) => ({
        type: 'ProducerOpened',
        data: { ...numbered, validator: options.validator, partition, openedAt, durability },
      }));
    }
  }

  /** Last number per partition: the floor that lease renewals tell the audit. */
  lastSequence(): readonly number[] {
    return this.#last;
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
    const { validator } = this.options;
    const facts = { ...factsOf(use, decision), validator, latencyUs };
    const { reason } = decision;
    const metadata: Readonly<Record<string, string>> = use.traceparent === '' ? {} : { traceparent: use.traceparent };
    const event = (numbered: Numbered): UsageEvent => ({
      type: 'UsageDecided',
      data:
        reason === undefined
          ? { outcome: 'allowed', ...numbered, ...facts }
          : { outcome: 'denied', reason, ...numbered, ...facts },
    });
    const { sequence, kept } = this.#append(partition, decision.decidedAtMs, event, metadata);
    return { place: { partition, sequence }, kept: kept.catch(() => Promise.reject(unrecordable())) };
  }

  /** Says that the answer to a recorded decision was not given. */
  withhold({ place }: Pick<RecordedUse, 'place'>): void {
    if (place === undefined) return;
    const { partition, sequence } = place;
    this.#append(partition, this.options.nowMs(), (numbered) => ({
      type: 'UsageWithheld',
      data: { ...numbered, withheld: sequence },
    }));
  }

  /** Ends every partition: nothing is recorded any more. */
  end(): void {
    if (this.#isClosed) return;
    this.#flush();
    clearTimeout(this.#flushTimer);
    this.#isClosed = true;
    for (const [partition, last] of this.#last.entries()) this.#end(partition, last);
  }

  /** Records what was counted. What a full spool does not take waits: it is as much as was allowed to be counted. */
  #flush(): void {
    this.#flushTimer = undefined;
    const { validator, nowMs, spooled } = this.options;
    if (!spooled.takes()) {
      this.#flushTimer = setTimeout(() => this.#flush(), FLUSH_MS).unref();
      return;
    }
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

  #append(
    partition: number,
    atMs: number,
    event: (numbered: Numbered) => UsageEvent,
    metadata: Readonly<Record<string, string>> = {},
  ): { readonly sequence: number; readonly kept: Promise<void> } {
    const { producer, validator, spooled } = this.options;
    const sequence = (this.#last[partition] ?? 0) + 1;
    const { type, terminal, data } = usageCodec.encode(event({ producer, sequence }));
    const stream = streamName(streamOf.usage(producer, partition));
    const claim: Claim = terminal ? 'terminal' : sequence;
    const id = `${producer}/${partition}/${sequence}`;
    const time = new Date(atMs).toISOString();
    const value = encodeOuterForm(stream, claim, { id, type, time, source: validator, data, metadata });
    // Only now is the number taken: a record that cannot be written must leave no hole.
    this.#last[partition] = sequence;
    const kept = spooled.keep({ partition, sequence, key: stream, value });
    kept.catch(() => undefined); // who gives an answer on it looks
    return { sequence, kept };
  }
}

const unrecordable = (): NoDecision => new NoDecision('openclaw.validator.usage-unrecordable', RETRY_AFTER_MS);

interface Numbered {
  readonly producer: string;
  readonly sequence: number;
}

const factsOf = (use: UseRequest, { code, reason, ...decision }: Decision) => ({
  time: decision.decidedAtMs,
  ...(code === undefined ? {} : { codeId: code.codeId, masterKeyId: code.masterKeyId }),
  ...(use.sourceIp === '' ? {} : { sourceIp: recordableAddress(use.sourceIp) }),
  service: recordable(use.scope.service),
  resource: recordable(use.scope.resource),
  action: recordable(use.scope.action),
  ...(use.endpoint === '' ? {} : { endpoint: use.endpoint }),
  httpStatus: httpStatusOf(reason),
  position: encodePosition({ logId: decision.logId, offset: decision.position }),
  revision: code?.revision ?? 0,
  freshnessAgeMs: decision.freshnessAgeMs,
  ...(use.requestId === '' ? {} : { requestId: recordable(use.requestId) }),
});
