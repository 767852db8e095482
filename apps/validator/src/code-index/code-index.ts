import { setImmediate as nextTurn } from 'node:timers/promises';
import { CatchUpSubscription, type Lag } from '@openclaw/consumers';
import { TOPIC } from '@openclaw/contracts';
import type { CodeSecret } from '@openclaw/domain';
import {
  ChainHash, type EventLog, type FollowBatch, GENESIS_CHAIN_HASH, type LogEntry, type LogHead, type Position, positionAt,
} from '@openclaw/event-log'; // prettier-ignore
import type { Projection } from '@openclaw/freshness';
import { batchSpans } from '@openclaw/platform';
import { FlatCodes, type Found } from './flat-codes';
import { stateDigest } from './state-digest';

/** A few milliseconds of folding. */
const ENTRIES_A_TURN = 200;
const CONSUMED = { topic: TOPIC.lifecycle, partition: 0, consumer: 'code-index' };

/** A state and its place, as they were kept by an earlier life of the process. */
export interface KeptIndex {
  readonly state: FlatCodes;
  readonly head: LogHead;
  /** A head before it. */
  readonly anchor: LogHead;
}

/**
 * Every code and master key of the lifecycle log, in memory, by the hash of the secret. Folding a batch, moving
 * `applied` and telling about it happen in one synchronous turn, so that nobody sees a state without its place.
 */
export class CodeIndex implements Projection {
  readonly state: FlatCodes;
  readonly #listeners = new Set<() => void>();
  readonly #subscription: CatchUpSubscription;
  #applied: LogHead;
  #anchor: LogHead;

  /** Goes on from `kept`, which is its own from then on, or begins at the first record. */
  constructor(log: EventLog, kept?: KeptIndex) {
    const nothing = { logId: log.logId, position: positionAt(-1), chainHash: GENESIS_CHAIN_HASH };
    this.state = kept?.state ?? new FlatCodes();
    this.#applied = kept?.head ?? nothing;
    this.#anchor = kept?.anchor ?? nothing;
    const after = kept?.head ?? 'beginning';
    this.#subscription = new CatchUpSubscription({ log, after, handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when `close` was called; rejects when the log halts or a fold fails: the process must then end. */
  get ended(): Promise<void> {
    return this.#subscription.ended;
  }

  applied(): LogHead {
    return this.#applied;
  }

  /** A head before the one that is applied: what lies between proves to a later start that it meets the same log. */
  get anchor(): LogHead {
    return this.#anchor;
  }

  onApplied(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything that was on the log at the start is folded; rejects when `signal` aborts. */
  caughtUp(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /** Resolves when `position` is folded; rejects when `signal` aborts. */
  reached(position: Position, signal: AbortSignal): Promise<void> {
    return this.#subscription.reached(position, signal);
  }

  /** How far it is behind the log. */
  lag(): Lag {
    return this.#subscription.lag();
  }

  /** Codes in memory, ended ones too. */
  get size(): number {
    return this.state.size;
  }

  /** The code of a presented secret; synchronous, so that the caller captures its lease in the same turn. */
  lookup(secret: CodeSecret): Found {
    return this.state.lookup(secret);
  }

  /** The same by the hash as 32 characters, one a byte: what every use comes by. */
  lookupDigest(digest: string, pepperKeyId: string): Found {
    return this.state.lookupDigest(digest, pepperKeyId);
  }

  /** The digest of the state, with its place: equal at the same place for everybody. Waits while the state moves. */
  async digest(): Promise<{ readonly head: LogHead; readonly digest: string }> {
    for (;;) {
      const head = this.#applied;
      const digest = await stateDigest(this.state, () => this.#applied === head);
      if (digest !== undefined) return { head, digest };
      await nextTurn();
    }
  }

  close(): Promise<void> {
    return this.#subscription.stop();
  }

  /** Long batches, as who is behind gets them, are folded over several turns: uses are decided between them. */
  async #fold({ entries, head }: FollowBatch): Promise<void> {
    const chain = new ChainHash(this.#applied.chainHash);
    let done = 0;
    for (; entries.length - done > ENTRIES_A_TURN; done += ENTRIES_A_TURN) {
      const slice = entries.slice(done, done + ENTRIES_A_TURN);
      for (const { value } of slice) chain.update(value);
      const position = positionAt(this.#applied.position + slice.length);
      this.#foldNow(slice, { logId: head.logId, position, chainHash: chain.hex() });
      await nextTurn();
    }
    this.#foldNow(done === 0 ? entries : entries.slice(done), head);
  }

  #foldNow(entries: readonly LogEntry[], head: LogHead): void {
    const spans = batchSpans(entries, CONSUMED);
    for (const entry of entries) if (entry.kind === 'event') this.state.apply(entry.event);
    if (entries.length > 0) this.#anchor = this.#applied;
    this.#applied = head;
    for (const listener of this.#listeners) listener();
    for (const span of spans) span.end();
  }
}
