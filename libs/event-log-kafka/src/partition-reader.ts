import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JournalRecord, Offset } from '@openclaw/event-log';
import { backOff, bounded } from './bounded';
import type { KafkaClients } from './kafka-client';
import { isOutOfRange, isPermanent } from './kafka-errors';
import { openLink, type PartitionId, type PartitionLink } from './partition-link';

/** The log ends below an offset that was asked for, on several connections in a row: its tail was lost. Halt. */
export class KafkaLogTruncated extends Error {
  override readonly name = 'KafkaLogTruncated';
}

/**
 * Reads one partition by plain fetch requests, without a consumer group: no join, no coordinator, no session that a
 * slow caller could lose. One answer is fetched ahead while the caller works on the one before; no more.
 */
export class PartitionReader {
  readonly #name: string;
  /** The caller may leave the loop without aborting: that ends the fetch ahead, too. */
  readonly #left = new AbortController();
  readonly #ended: AbortSignal;
  #link: PartitionLink | undefined;
  #failures = 0;
  #beyondEnd = 0;
  #leaderCheckedMs = NEVER_MS;

  constructor(
    private readonly clients: KafkaClients,
    private readonly id: PartitionId,
    private next: Offset,
    ended: AbortSignal,
  ) {
    this.#name = `${id.topic}/${id.partition}`;
    this.#ended = AbortSignal.any([ended, this.#left.signal]);
    this.#ended.addEventListener('abort', () => this.#dropLink());
  }

  async *batches(): AsyncGenerator<readonly JournalRecord[]> {
    try {
      let coming = this.#nextBatch();
      for (;;) {
        const batch = await coming;
        // Not in this turn: what the caller sends because of the batch (an append's head) goes out before our request.
        coming = nextTurn().then(() => this.#nextBatch());
        // Its error belongs to the next turn; the caller may never take that turn.
        coming.catch(() => undefined);
        yield batch;
      }
    } catch (error) {
      if (!this.#ended.aborted) throw error;
    } finally {
      this.#left.abort();
    }
  }

  /** The next records; waits for them, and waits out every outage. */
  async #nextBatch(): Promise<readonly JournalRecord[]> {
    for (;;) {
      try {
        const records = await this.#fetch();
        if (records.length > 0) return records;
      } catch (error) {
        this.#ended.throwIfAborted();
        await this.#recover(error);
      }
    }
  }

  async #fetch(): Promise<readonly JournalRecord[]> {
    const { fetchWaitMs, requestTimeoutMs, log } = this.clients.settings;
    const link = await this.#openedLink();
    this.#checkLeader(link);
    const fetched = await bounded(link.fetch(this.next, fetchWaitMs), fetchWaitMs + requestTimeoutMs, 'fetch');
    this.#ended.throwIfAborted();
    if (this.#failures > 0) log('info', `${this.#name}: reading again from ${this.next}`);
    this.#failures = 0;
    this.#beyondEnd = 0;
    this.next = fetched.next;
    return fetched.records;
  }

  async #openedLink(): Promise<PartitionLink> {
    this.#link ??= await openLink(this.clients, this.id, this.#ended);
    // It may have been opened in the very turn of the abort, after the listener ran.
    if (this.#ended.aborted) this.#dropLink();
    this.#ended.throwIfAborted();
    return this.#link;
  }

  async #recover(error: unknown): Promise<void> {
    if (isPermanent(error)) throw error;
    if (isOutOfRange(error) && (await this.#returnedIntoRange(error))) return;
    if (this.#failures === 0) this.clients.settings.log('warn', `${this.#name}: reading interrupted`, error);
    this.#dropLink();
    await backOff(this.#failures, this.#ended);
    this.#failures += 1;
  }

  /**
   * Below the oldest record: go up to it. At the start that is the promised clamp; later it is a hole, and the caller
   * sees it. Beyond the end: a stale leader may say so, so ask again on fresh connections, then give up loudly.
   */
  async #returnedIntoRange(cause: unknown): Promise<boolean> {
    const { requestTimeoutMs, log } = this.clients.settings;
    const link = await this.#openedLink();
    const bounds = await bounded(link.bounds(), requestTimeoutMs, 'bounds').catch(() => undefined);
    if (bounds === undefined) return false;
    if (this.next < bounds.oldest) {
      log('warn', `${this.#name}: offset ${this.next} is no longer kept; going on at ${bounds.oldest}`);
      this.next = bounds.oldest;
      return true;
    }
    if (this.next > bounds.next && ++this.#beyondEnd >= BEYOND_END_CONFIRMED) {
      const message = `${this.#name} ends at ${bounds.next}, below the wanted offset ${this.next}: its tail was lost`;
      throw new KafkaLogTruncated(message, { cause });
    }
    return false;
  }

  /** In the background, so that no fetch waits for it. Not being able to ask proves nothing. */
  #checkLeader(link: PartitionLink): void {
    const nowMs = performance.now();
    if (nowMs - this.#leaderCheckedMs < this.clients.settings.leaderCheckMs) return;
    this.#leaderCheckedMs = nowMs;
    void link.leaderMoved().then(
      (moved) => {
        if (moved) link.destroy();
      },
      () => undefined,
    );
  }

  #dropLink(): void {
    this.#link?.destroy();
    this.#link = undefined;
    // The next connection may have been told the old leader: ask about it at once.
    this.#leaderCheckedMs = NEVER_MS;
  }
}

/** Each confirmation comes over a new connection found through another broker. */
const BEYOND_END_CONFIRMED = 4;
const NEVER_MS = Number.NEGATIVE_INFINITY;
