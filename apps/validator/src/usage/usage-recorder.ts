import { encodePosition, httpStatusOf, partitionOf, streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { type Claim, encodeOuterForm, streamName } from '@openclaw/event-log';
import type { Decision } from '../validate-code/decision';
import { NoDecision } from '../validate-code/no-decision';
import { recordable, recordableAddress, type UseRequest } from '../validate-code/use-request';
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

/** Where a decision was recorded. */
export interface RecordedUse {
  readonly partition: number;
  readonly sequence: number;
  /** Resolves when the decision may be given; a rejection means that it must not be. */
  readonly kept: Promise<void>;
}

const RETRY_AFTER_MS = 1000;

/**
 * Numbers and records every decision, in one turn with the decision; the answer waits until the record is kept as
 * durably as the deployment asks for (ARCHITECTURE section 8).
 */
export class UsageRecorder {
  readonly #last: number[];
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

  /** Takes a decision on record; throws `NoDecision` when it cannot, and then the decision must not be given. */
  record(use: UseRequest, decision: Decision, latencyUs: number): RecordedUse {
    if (this.#isClosed) throw new NoDecision('openclaw.validator.shutting-down');
    if (!this.options.spooled.takes()) throw unrecordable();
    const partition = partitionOf(decision.code?.codeId ?? recordableAddress(use.sourceIp), this.#last.length);
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
    return { partition, sequence, kept: kept.catch(() => Promise.reject(unrecordable())) };
  }

  /** Says that the answer to a recorded decision was not given. */
  withhold({ partition, sequence }: Omit<RecordedUse, 'kept'>): void {
    this.#append(partition, this.options.nowMs(), (numbered) => ({
      type: 'UsageWithheld',
      data: { ...numbered, withheld: sequence },
    }));
  }

  /** Ends every partition: nothing is recorded any more. */
  end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const [partition, last] of this.#last.entries()) this.#end(partition, last);
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
