import type { JournalAppend, JournalBounds, Offset } from '@openclaw/event-log';
import type { Broker, Cluster } from 'kafkajs';
import { backOff, bounded } from './bounded';
import { parseFetchAnswer, type Fetched } from './fetch-answer.parser';
import type { KafkaClient, KafkaClients } from './kafka-client';
import { isPermanent } from './kafka-errors';

export interface PartitionId {
  readonly topic: string;
  readonly partition: number;
}

/**
 * A connection to the broker that led one partition when it was opened. It never heals: after any error destroy it and
 * open another, which asks another broker for the leader. (kafkajs with retries 0 keeps a frozen socket and stale
 * metadata for minutes; a fresh client costs about 5 ms.)
 */
export class PartitionLink {
  /** Random, so that links opened one after the other do not all ask the same broker. */
  #askNext = Math.floor(Math.random() * 60);

  private constructor(
    private readonly client: KafkaClient,
    private readonly cluster: Cluster,
    private readonly leader: { readonly nodeId: number; readonly broker: Broker },
    private readonly id: PartitionId,
  ) {}

  static async connect(client: KafkaClient, id: PartitionId): Promise<PartitionLink> {
    const cluster = client.cluster();
    await cluster.connect();
    await cluster.addTargetTopic(id.topic);
    const metadata = cluster.findTopicPartitionMetadata(id.topic);
    const nodeId = metadata.find((partition) => partition.partitionId === id.partition)?.leader;
    if (nodeId === undefined) throw new RangeError(`${id.topic} has no partition ${id.partition}`);
    const broker = await cluster.findBroker({ nodeId: String(nodeId) });
    return new PartitionLink(client, cluster, { nodeId, broker }, id);
  }

  /** One produce request, acks=all. An error leaves the outcome unknown. */
  async produce(records: readonly JournalAppend[], timeoutMs: number): Promise<void> {
    const { topic, partition } = this.id;
    const messages = records.map(({ key, value }) => ({ key, value: asBuffer(value) }));
    const topicData = [{ topic, partitions: [{ partition, messages }] }];
    await this.leader.broker.produce({ acks: -1, timeout: timeoutMs, topicData });
  }

  /** One fetch request; the broker holds it for at most `waitMs` while there is nothing to send. */
  async fetch(from: Offset, waitMs: number): Promise<Fetched> {
    const { topic, partition } = this.id;
    const answer: unknown = await this.leader.broker.fetch({
      isolationLevel: READ_UNCOMMITTED,
      maxWaitTime: waitMs,
      minBytes: 1,
      maxBytes: FETCH_BYTES_MAX,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: FETCH_BYTES_MAX }] }],
    });
    return parseFetchAnswer(answer, from);
  }

  async bounds(): Promise<JournalBounds> {
    return { oldest: await this.#offset(true), next: await this.#offset(false) };
  }

  /**
   * Whether another broker says that somebody else leads now. A leader that was cut off from its cluster does not know
   * it and answers "nothing new" for ever, so it is no use asking it.
   */
  async leaderMoved(): Promise<boolean> {
    const others = this.cluster.getNodeIds().map(Number).filter((nodeId) => nodeId !== this.leader.nodeId); // prettier-ignore
    const nodeId = others[this.#askNext++ % others.length];
    if (nodeId === undefined) return false;
    const other = await this.cluster.findBroker({ nodeId: String(nodeId) });
    const { topicMetadata } = await other.metadata([this.id.topic]);
    const topic = topicMetadata.find((metadata) => metadata.topic === this.id.topic);
    const said = topic?.partitionMetadata.find((partition) => partition.partitionId === this.id.partition)?.leader;
    return said !== undefined && said !== this.leader.nodeId;
  }

  destroy(): void {
    this.client.destroy();
  }

  async #offset(fromBeginning: boolean): Promise<Offset> {
    const { topic, partition } = this.id;
    const answers = await this.cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
    const offset = Number(answers[0]?.partitions[0]?.offset);
    if (!Number.isSafeInteger(offset)) throw new TypeError(`${topic}/${partition}: the broker named no offset`);
    return offset;
  }
}

/**
 * Opens a link, trying one bootstrap address after the other until it succeeds; rejects when `signal` aborts or when
 * waiting cannot help (authorisation).
 */
export const openLink = async (clients: KafkaClients, id: PartitionId, signal: AbortSignal): Promise<PartitionLink> => {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    const client = clients.create();
    try {
      const { connectTimeoutMs } = clients.settings;
      return await bounded(PartitionLink.connect(client, id), connectTimeoutMs, 'finding the leader', signal);
    } catch (error) {
      client.destroy();
      if (signal.aborted || isPermanent(error)) throw error;
      clients.settings.log('debug', `${id.topic}/${id.partition}: no connection to the leader yet`, error);
      await backOff(attempt, signal);
    }
  }
};

const asBuffer = (value: Uint8Array): Buffer =>
  Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);

/** Our writers use no transactions. READ_COMMITTED would let any foreign open transaction hold back every reader. */
const READ_UNCOMMITTED = 0;
/** Bounds what a reader holds: one such answer at its consumer, one waiting. */
const FETCH_BYTES_MAX = 1024 * 1024;
