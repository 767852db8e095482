import { JournalClosed, MAX_RECORD_BYTES } from '@openclaw/event-log';
import type { Journal, JournalAppend, JournalBounds, JournalRecord, Offset } from '@openclaw/event-log';
import { AppendBatcher } from './append-batcher';
import { backOff, bounded } from './bounded';
import type { KafkaClients } from './kafka-client';
import { isPermanent } from './kafka-errors';
import { PartitionAppender } from './partition-appender';
import { openLink, type PartitionId } from './partition-link';
import { PartitionReader } from './partition-reader';

/** One topic partition. Appends share one connection; each read has its own, so that no long poll delays an append. */
export class KafkaJournal implements Journal {
  readonly name: string;
  readonly #appender: PartitionAppender;
  readonly #batcher: AppendBatcher;

  constructor(
    private readonly clients: KafkaClients,
    private readonly id: PartitionId,
    private readonly closed: AbortSignal,
  ) {
    this.name = `${id.topic}/${id.partition}`;
    const { requestTimeoutMs: timeoutMs, requestBytesMax, queueBytesMax } = clients.settings;
    this.#appender = new PartitionAppender(clients, id, closed);
    this.#batcher = new AppendBatcher((records) => this.#appender.send(records), {
      name: this.name,
      timeoutMs,
      requestBytesMax,
      queueBytesMax,
    });
    closed.addEventListener('abort', () => this.#batcher.close());
  }

  async append(record: JournalAppend): Promise<void> {
    if (this.closed.aborted) throw new JournalClosed(`${this.name} is closed`);
    if (record.value.length > MAX_RECORD_BYTES) throw new RangeError(`record of ${record.value.length} bytes`);
    return this.#batcher.append(record);
  }

  async *read(from: Offset, signal: AbortSignal): AsyncGenerator<readonly JournalRecord[]> {
    const ended = AbortSignal.any([signal, this.closed]);
    if (ended.aborted) return;
    yield* new PartitionReader(this.clients, this.id, from, ended).batches();
  }

  /** Rejects within `requestTimeoutMs`, or when `signal` aborts; safe to retry. */
  async bounds(signal: AbortSignal): Promise<JournalBounds> {
    const { requestTimeoutMs } = this.clients.settings;
    const late = new AbortController();
    const ended = AbortSignal.any([signal, this.closed, late.signal]);
    try {
      return await bounded(this.#askBounds(ended), requestTimeoutMs, `bounds of ${this.name}`, ended);
    } finally {
      late.abort();
    }
  }

  /** Asks on fresh connections until one answers: after an election the first may lead to the old leader. */
  async #askBounds(ended: AbortSignal): Promise<JournalBounds> {
    for (let attempt = 0; ; attempt += 1) {
      const link = await openLink(this.clients, this.id, ended);
      const destroy = (): void => link.destroy();
      ended.addEventListener('abort', destroy);
      try {
        return await link.bounds();
      } catch (error) {
        if (isPermanent(error)) throw error;
        await backOff(attempt, ended);
      } finally {
        ended.removeEventListener('abort', destroy);
        link.destroy();
      }
    }
  }
}
