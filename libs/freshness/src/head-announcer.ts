import type { LogHead, Offset, Position } from '@openclaw/event-log';
import type { CoordinationFeed } from './coordination-feed';
import { produce } from './coordination-feed';
import { COVERS_NOTHING, encodeRecord, NOWHERE } from './codec';
import { Pause } from './pause';
import type { Scheduler } from './time.port';

export interface AnnouncedLog {
  readonly logId: string;
  applied(): LogHead;
}

export interface HeadAnnouncerOptions {
  /** Names the writer incarnation in its heads. */
  readonly writer: string;
  /**
   * c0: the end of the coordination journal, noted BEFORE the writer appended its `WriterStarted`. Each head below c0
   * was committed before that marker, so it is at or before the marker's position, and every head of this writer is
   * at or after it: from the first on they may say `covers: c0`. `COVERS_NOTHING` for who appends no marker.
   */
  readonly c0: Offset;
  readonly repeatMs: number;
  readonly resendMs: number;
}

interface Waiting {
  readonly position: Position;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Commits heads: one in flight, each covers all appends read so far, so any number of callers share the next one. A
 * head is sent again until the store has acknowledged it, and repeated while nothing happens; a late or doubled head
 * does no harm, because readers take the maximum.
 */
export class HeadAnnouncer {
  readonly #pause: Pause;
  #covers: Offset;
  #committed: Position = NOWHERE;
  #greatest: LogHead | undefined;
  #waiting: Waiting[] = [];
  #sending = false;
  #ended: Error | undefined;
  #cancelRepeat: () => void = () => undefined;

  constructor(
    private readonly log: AnnouncedLog,
    private readonly feed: CoordinationFeed,
    private readonly options: HeadAnnouncerOptions,
    private readonly scheduler: Scheduler,
  ) {
    this.#covers = options.c0;
    this.#pause = new Pause(scheduler);
  }

  /** Resolves when a head at or after `head` is committed; rejects only after `end`. */
  announce(head: LogHead): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    if (this.#committed >= head.position) return Promise.resolve();
    if (head.position > (this.#greatest?.position ?? NOWHERE)) this.#greatest = head;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ position: head.position, resolve, reject });
      this.#kick();
    });
  }

  end(reason: Error): void {
    this.#ended ??= reason;
    this.#cancelRepeat();
    this.#pause.end();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#ended);
  }

  #kick(): void {
    if (this.#sending) return;
    this.#sending = true;
    this.#cancelRepeat();
    void this.#send();
  }

  async #send(): Promise<void> {
    await Promise.resolve(); // callers of the same turn share this head
    do {
      if (!(await this.#commit())) await this.#pause.for(this.options.resendMs);
    } while (this.#waiting.length > 0 && this.#ended === undefined);
    this.#sending = false;
    if (this.#ended !== undefined) return;
    this.#cancelRepeat = this.scheduler.after(this.options.repeatMs, () => this.#kick());
  }

  async #commit(): Promise<boolean> {
    const { logId, position, chainHash } = this.#latest();
    this.#covers = Math.max(this.#covers, this.feed.view?.coversUpTo(position) ?? COVERS_NOTHING);
    const { writer } = this.options;
    const head = encodeRecord({ kind: 'head', writer, logId, position, chainHash, covers: this.#covers });
    if (!(await produce(this.feed.journal, writer, head))) return false;
    if (position > this.#committed) this.#committed = position;
    const covered = this.#waiting.filter((waiting) => waiting.position <= this.#committed);
    this.#waiting = this.#waiting.filter((waiting) => waiting.position > this.#committed);
    for (const waiting of covered) waiting.resolve();
    return true;
  }

  #latest(): LogHead {
    const applied = this.log.applied();
    return this.#greatest !== undefined && this.#greatest.position > applied.position ? this.#greatest : applied;
  }
}
