import { randomUUID } from 'node:crypto';
import {
  type DomainEvent, type UsageEvent, DEFAULT_TOPIC_POLICY, TOPIC, encodeBody, partitionOf, topicSpecs, usageCodec,
} from '@openclaw/contracts'; // prettier-ignore
import { type Journal, type JournalStore, encodeOuterForm, ensureLogOpened, streamName } from '@openclaw/event-log';
import { COVERS_NOTHING, type FreshLog, encodeRecord, openFreshLog } from '@openclaw/freshness';

export const USAGE_PARTITIONS = 4;

/** Writes what an issuer and a validator write, without being one. */
export class EvidenceWriter {
  readonly #producer = randomUUID();
  readonly #sequences = new Map<number, number>();
  readonly #journals = new Map<number, Promise<Journal>>();

  private constructor(
    private readonly store: JournalStore,
    readonly fresh: FreshLog,
  ) {}

  static async open(store: JournalStore): Promise<EvidenceWriter> {
    const fresh = await openFreshLog(store, { source: 'issuer-1', role: 'writer', boundMs: 1000, keepStreams: true });
    return new EvidenceWriter(store, fresh);
  }

  /** Appends one domain event as `revision` of its stream, with who, from where and why. */
  async happens(stream: string, revision: number, event: DomainEvent, reason: string): Promise<void> {
    const { type, terminal, data } = encodeBody(event);
    const metadata = { authid: 'operator-7', authtype: 'operator-token', sourceip: '192.0.2.44', reason };
    const time = new Date().toISOString();
    const written = { id: randomUUID(), type, time, source: 'issuer-1', data, metadata };
    const result = await this.fresh.log.append(streamName(stream), terminal ? 'terminal' : revision, written);
    if (result.outcome === 'conflict') throw new Error(`${stream} has moved on to ${result.currentRevision}`);
  }

  /** Puts a record on the lifecycle journal as it is. */
  async raw(value: Buffer): Promise<void> {
    await (await this.store.open(TOPIC.lifecycle)).append({ key: 'raw', value });
  }

  async openUsage(): Promise<void> {
    const { usage } = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions: USAGE_PARTITIONS });
    await this.store.ensureTopics([usage]);
  }

  /** Appends usage events, numbered, to the partition of `key`; as a validator does, without waiting for each. */
  async uses(key: string, make: readonly ((numbered: Numbered) => UsageEvent)[]): Promise<void> {
    const partition = partitionOf(key, USAGE_PARTITIONS);
    const journal = await this.#journal(partition);
    const sent = make.map((one) => {
      const sequence = (this.#sequences.get(partition) ?? 0) + 1;
      this.#sequences.set(partition, sequence);
      const { type, data } = usageCodec.encode(one({ producer: this.#producer, sequence }));
      const stream = streamName(`usage/${this.#producer}/${partition}`);
      const event = { id: randomUUID(), type, time: new Date().toISOString(), source: 'validator-1', data };
      return journal.append({ key, value: encodeOuterForm(stream, sequence, event) });
    });
    await Promise.all(sent);
  }

  /** Appends what one producer wrote to one partition, as it is: first number 1. */
  async produces(producer: string, partition: number, events: readonly UsageEvent[]): Promise<void> {
    const journal = await this.#journal(partition);
    for (const [index, event] of events.entries()) {
      const { type, data, terminal } = usageCodec.encode(event);
      const stream = streamName(`usage/${producer}/${partition}`);
      const written = { id: randomUUID(), type, time: new Date().toISOString(), source: 'validator-1', data };
      await journal.append({ key: stream, value: encodeOuterForm(stream, terminal ? 'terminal' : index + 1, written) });
    }
  }

  /** One renewal of a producer, as its validator would send it. */
  async renews(producer: string, lastSequence: readonly number[]): Promise<void> {
    const { logId, position: applied, chainHash } = this.fresh.log.head();
    const renewal = {
      kind: 'renewal',
      validator: 'validator-1',
      incarnation: producer,
      nonce: 1,
      logId,
      applied,
      chainHash,
      lastSequence,
    } as const;
    const value = encodeRecord({ ...renewal, boundMs: 1000, head: applied, covers: COVERS_NOTHING });
    await (await this.store.open(TOPIC.coordination)).append({ key: producer, value });
  }

  close(): Promise<void> {
    return this.fresh.close();
  }

  /** One for each partition: two would not keep the order of what is sent through them. */
  #journal(partition: number): Promise<Journal> {
    const known = this.#journals.get(partition) ?? this.#open(partition);
    this.#journals.set(partition, known);
    return known;
  }

  async #open(partition: number): Promise<Journal> {
    const journal = await this.store.open(TOPIC.usage, partition);
    const origin = { source: 'validator-1', newId: randomUUID, now: () => new Date() };
    await ensureLogOpened(journal, origin, AbortSignal.timeout(5000));
    return journal;
  }
}

export interface Numbered {
  readonly producer: string;
  readonly sequence: number;
}

/** A use of `codeId`; refused when there is a reason. */
export const use =
  (codeId: string, reason?: string, sourceIp?: string) =>
  (numbered: Numbered): UsageEvent => {
    const facts = {
      ...numbered,
      validator: 'validator-1',
      time: Date.now(),
      codeId,
      ...(sourceIp === undefined ? {} : { sourceIp }),
      service: 'openai',
      resource: 'gpt-5',
      action: 'invoke',
      httpStatus: reason === undefined ? 200 : 403,
      latencyUs: 200,
      position: 'p1.3.log-1',
      revision: 1,
      freshnessAgeMs: 10,
    };
    return reason === undefined
      ? { type: 'UsageDecided', data: { outcome: 'allowed', ...facts } }
      : { type: 'UsageDecided', data: { outcome: 'denied', reason, ...facts } };
  };

/** Guesses from one address, counted by the validator instead of listed. */
export const guesses =
  (sourceIp: string, count: number) =>
  (numbered: Numbered): UsageEvent => ({
    type: 'RefusalsAggregated',
    data: {
      ...numbered, validator: 'validator-1', from: Date.now(), forMs: 1000, sourceIp, reason: 'unknown_code', count,
      position: 'p1.3.log-1',
    },
  }); // prettier-ignore
