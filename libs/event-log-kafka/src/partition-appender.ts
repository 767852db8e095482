import type { JournalAppend } from '@openclaw/event-log';
import { bounded } from './bounded';
import type { KafkaClients } from './kafka-client';
import { openLink, type PartitionId, type PartitionLink } from './partition-link';

/** Sends requests to the leader of one partition, on one connection that is replaced after any error. */
export class PartitionAppender {
  #link: PartitionLink | undefined;

  constructor(
    private readonly clients: KafkaClients,
    private readonly id: PartitionId,
    private readonly closed: AbortSignal,
  ) {}

  /**
   * Sends one request, once. Waiting for a leader is part of the time allowed (nothing was sent yet, so that is no
   * resend); after a rejection the records may be stored or not.
   */
  async send(records: readonly JournalAppend[]): Promise<void> {
    const { requestTimeoutMs } = this.clients.settings;
    const startedMs = performance.now();
    this.#link ??= await this.#open(requestTimeoutMs);
    const leftMs = Math.max(1, Math.ceil(requestTimeoutMs - (performance.now() - startedMs)));
    try {
      await bounded(this.#link.produce(records, leftMs), leftMs, 'produce', this.closed);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  destroy(): void {
    this.#link?.destroy();
    this.#link = undefined;
  }

  async #open(timeoutMs: number): Promise<PartitionLink> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no leader in ${timeoutMs} ms`)), timeoutMs);
    try {
      return await openLink(this.clients, this.id, AbortSignal.any([this.closed, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }
}
