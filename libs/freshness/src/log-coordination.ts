import type { Coordination, LogHead, Position } from '@openclaw/event-log';
import { EventLogClosed } from '@openclaw/event-log';
import { COVERS_NOTHING } from './codec';
import type { CoordinationFeed } from './coordination-feed';
import { type AnnouncedLog, HeadAnnouncer } from './head-announcer';
import { Prober } from './prober';
import type { HostTime } from './time.port';

export interface LogCoordinationOptions {
  /** Names this process incarnation in its heads and probes; unique, never reused. */
  readonly name: string;
  /** A writer's log appends `WriterStarted` right after `start`; only then may its first head say `covers: c0`. */
  readonly role: 'writer' | 'reader';
  /** A head is repeated this long after the last one. */
  readonly repeatMs?: number;
  /** How long to wait before a head or a probe that was not acknowledged is sent again. */
  readonly resendMs?: number;
}

/** Far below the hour that coordination records are kept, so that a start-up always finds a head that covers it. */
const REPEAT_MS = 60_000;
const RESEND_MS = 100;

/** The `Coordination` of one event log over a coordination journal: heads before answers, probes for barriers. */
export class LogCoordination implements Coordination {
  readonly #prober: Prober;
  readonly #stop = new AbortController();
  readonly #unlisten: () => void;
  #announcer: HeadAnnouncer | undefined;

  constructor(
    private readonly feed: CoordinationFeed,
    private readonly time: HostTime,
    private readonly options: LogCoordinationOptions,
  ) {
    this.#prober = new Prober(feed, options.name, time.scheduler, options.resendMs ?? RESEND_MS);
    this.#unlisten = feed.listen({
      onRecord: (read) => this.#prober.onRecord(read),
      onHalt: (reason) => this.#end(reason),
    });
  }

  /** Notes c0 and begins to read. Rejects when the store does not tell its bounds; safe to call again. */
  async start(log: AnnouncedLog): Promise<void> {
    const { next } = await this.feed.journal.bounds(this.#stop.signal);
    this.#stop.signal.throwIfAborted();
    const { name, role, repeatMs = REPEAT_MS, resendMs = RESEND_MS } = this.options;
    const c0 = role === 'writer' ? next : COVERS_NOTHING;
    this.#announcer = new HeadAnnouncer(log, this.feed, { writer: name, c0, repeatMs, resendMs }, this.time.scheduler);
    this.feed.start(log.logId);
  }

  announce(head: LogHead): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason);
    if (this.#announcer === undefined) return Promise.reject(new TypeError('announce before start'));
    return this.#announcer.announce(head);
  }

  need(signal: AbortSignal): Promise<Position> {
    if (this.#stop.signal.aborted) return Promise.reject(this.#stop.signal.reason);
    return this.#prober.need(signal);
  }

  /** Ends the heads and probes of this log; the feed, which others may share, is closed by who opened it. */
  async close(): Promise<void> {
    this.#end(new EventLogClosed('the coordination of this log is closed'));
  }

  #end(reason: Error): void {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(reason);
    this.#unlisten();
    this.#announcer?.end(reason);
    this.#prober.end(reason);
  }
}
