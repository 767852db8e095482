import type { Position } from '@openclaw/event-log';
import type { CoordinationFeed, FeedRecord } from './coordination-feed';
import { produce } from './coordination-feed';
import { encodeRecord } from './codec';
import { Pause } from './pause';
import type { Scheduler } from './time.port';

interface Caller {
  readonly resolve: (need: Position) => void;
  readonly reject: (reason: unknown) => void;
}

/** The callers that share one probe: all of them called before it was sent. */
interface Round {
  readonly callers: Set<Caller>;
  readonly nonces: Set<number>;
  readBack: boolean;
  /** Ends the hurry of the feed; called when nobody waits for this round any more. */
  over: () => void;
}

/**
 * Proves freshness by a write that is read back: sends a nonce and reads the coordination journal without a hole until
 * that nonce comes back and the reader is covered. The greatest head known then is at or after every head that was
 * committed before the call. One probe in flight; calls that come meanwhile share the next.
 */
export class Prober {
  readonly #pause: Pause;
  #nonce = 0;
  #gathering: Round | undefined;
  #running: Round | undefined;

  constructor(
    private readonly feed: CoordinationFeed,
    private readonly sender: string,
    scheduler: Scheduler,
    private readonly resendMs: number,
  ) {
    this.#pause = new Pause(scheduler);
  }

  /** The position that the caller's log must have reached to know all that was acknowledged before this call. */
  need(signal: AbortSignal): Promise<Position> {
    if (this.feed.ended !== undefined) return Promise.reject(this.feed.ended);
    if (signal.aborted) return Promise.reject(signal.reason);
    this.#gathering ??= { callers: new Set(), nonces: new Set(), readBack: false, over: () => undefined };
    const { callers } = this.#gathering;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        leave(() => reject(signal.reason));
        void this.#next();
      };
      const leave = (settle: () => void): void => {
        signal.removeEventListener('abort', onAbort);
        callers.delete(caller);
        settle();
      };
      const caller: Caller = {
        resolve: (need) => leave(() => resolve(need)),
        reject: (reason) => leave(() => reject(reason)),
      };
      signal.addEventListener('abort', onAbort);
      callers.add(caller);
      void this.#next();
    });
  }

  onRecord({ record }: FeedRecord): void {
    const round = this.#running;
    if (round === undefined) return;
    if (record.kind === 'probe' && record.sender === this.sender && round.nonces.has(record.nonce))
      round.readBack = true;
    const { view } = this.feed;
    if (!round.readBack || view?.covered !== true) return;
    this.#running = undefined;
    round.over();
    for (const caller of round.callers) caller.resolve(view.need);
    void this.#next();
  }

  end(reason: Error): void {
    this.#pause.end();
    for (const round of [this.#running, this.#gathering]) {
      round?.over();
      for (const caller of round?.callers ?? []) caller.reject(reason);
    }
  }

  /** Starts the gathered round when none is running; a round that everybody has left makes way at once. */
  async #next(): Promise<void> {
    await Promise.resolve(); // callers of the same turn share this probe
    const isBusy = this.#running !== undefined && this.#running.callers.size > 0;
    if (isBusy || this.#gathering === undefined) return;
    const round = this.#gathering;
    this.#running?.over();
    round.over = this.feed.hurry();
    this.#running = round;
    this.#gathering = undefined;
    while (this.#running === round && round.callers.size > 0) {
      const nonce = (this.#nonce += 1);
      round.nonces.add(nonce);
      const probe = encodeRecord({ kind: 'probe', sender: this.sender, nonce });
      if (await produce(this.feed.journal, this.sender, probe)) return;
      await this.#pause.for(this.resendMs);
    }
    if (this.#running === round) void this.#next();
  }
}
