import { randomUUID } from 'node:crypto';
import type { EventLog, EventLogOptions, JournalStore, TopicSpec } from '@openclaw/event-log';
import { EventLogClosed, LogHalted, openEventLog } from '@openclaw/event-log';
import { CoordinationFeed, type FeedListener } from './coordination-feed';
import { LeaseKeeper, type LeaseKeeperOptions } from './lease-keeper';
import { LogCoordination } from './log-coordination';
import { ReceiptDesk } from './receipt-desk';
import { systemTime } from './system-time';
import type { HostTime } from './time.port';

export const LIFECYCLE_TOPIC = 'openclaw.lifecycle.v1';
export const COORDINATION_TOPIC = 'openclaw.coordination.v1';
/** Sixty times the longest silence of a writer, and far above any lease. */
const COORDINATION_RETENTION_MS = 3_600_000;

export interface FreshLogOptions extends Omit<EventLogOptions, 'coordination'> {
  /** L of the deployment, in milliseconds. */
  readonly boundMs: number;
  /** The laxest bound that a code may have of its own (grace); receipts wait for it. By default no laxer than L. */
  readonly graceMaxMs?: number;
  readonly lifecycleTopic?: string;
  readonly coordinationTopic?: string;
  /** How long after the last head it is repeated. */
  readonly repeatMs?: number;
  readonly time?: HostTime;
  /** Listens to the coordination journal from its oldest record on. */
  readonly listener?: FeedListener;
}

/** L and grace are those of the log; a keeper may hold a shorter lease. */
type LeaseOptions = Omit<LeaseKeeperOptions, 'boundMs' | 'graceMaxMs'> & { readonly boundMs?: number };

/** An event log whose answers are covered by heads, with the leases and receipts that rest on them. */
export interface FreshLog {
  readonly log: EventLog;
  readonly receipts: ReceiptDesk;
  readonly feed: CoordinationFeed;
  /** Begins to hold a lease for decisions made from `projection`; one for each state that decides. */
  keepLease(options: LeaseOptions): LeaseKeeper;
  /** Closes log, leases, receipts and feed; the store, which others may share, is closed by who opened it. */
  close(): Promise<void>;
}

/**
 * Opens the lifecycle log of a store together with its coordination journal; creates what is missing. Rejects with
 * `JournalSettingsRefused` (fix the settings), `LogHalted` (end the process), or the abort reason. Safe to retry.
 */
export const openFreshLog = async (
  store: JournalStore,
  options: FreshLogOptions,
  signal?: AbortSignal,
): Promise<FreshLog> => {
  const { lifecycleTopic = LIFECYCLE_TOPIC, coordinationTopic = COORDINATION_TOPIC, time = systemTime } = options;
  await store.ensureTopics(freshTopics(lifecycleTopic, coordinationTopic));
  const feed = new CoordinationFeed(await store.open(coordinationTopic), time.monotonic);
  if (options.listener !== undefined) feed.listen(options.listener);
  const name = `${options.source}/${randomUUID()}`;
  const receipts = new ReceiptDesk(feed, time, { writer: name, boundMs: longestOf(options) });
  const { role, repeatMs } = options;
  const coordination = new LogCoordination(feed, time, { name, role, ...(repeatMs === undefined ? {} : { repeatMs }) });
  feed.listen({ onHalt: (reason) => reason instanceof LogHalted && options.onHalt?.(reason) });
  try {
    const journal = await store.open(lifecycleTopic);
    const onHalt = (reason: LogHalted): void => feed.halt(reason); // no lease on a history that is not one
    const log = await openEventLog(journal, { ...options, coordination, onHalt }, signal);
    return new OpenFreshLog(log, receipts, feed, { ...options, time });
  } catch (error) {
    await coordination.close();
    await feed.close();
    throw error;
  }
};

const longestOf = ({ boundMs, graceMaxMs = boundMs }: Pick<FreshLogOptions, 'boundMs' | 'graceMaxMs'>): number =>
  Math.max(boundMs, graceMaxMs);

/** The two topics of a fresh log, as the store must keep them. */
export const freshTopics = (lifecycleTopic = LIFECYCLE_TOPIC, coordinationTopic = COORDINATION_TOPIC): TopicSpec[] => [
  { topic: lifecycleTopic, partitions: 1, retention: 'forever' },
  { topic: coordinationTopic, partitions: 1, retention: COORDINATION_RETENTION_MS },
];

class OpenFreshLog implements FreshLog {
  readonly #leases = new Set<LeaseKeeper>();

  constructor(
    readonly log: EventLog,
    readonly receipts: ReceiptDesk,
    readonly feed: CoordinationFeed,
    private readonly terms: Pick<FreshLogOptions, 'boundMs' | 'graceMaxMs'> & { readonly time: HostTime },
  ) {}

  keepLease(options: LeaseOptions): LeaseKeeper {
    const { time, boundMs: boundMaxMs, graceMaxMs } = this.terms;
    const { boundMs = boundMaxMs } = options;
    if (boundMs > boundMaxMs) throw new RangeError(`a lease of ${boundMs} ms, but receipts wait for ${boundMaxMs} ms`);
    const keeper = new LeaseKeeper(this.feed, time, { graceMaxMs: graceMaxMs ?? boundMs, ...options, boundMs });
    this.#leases.add(keeper);
    return keeper;
  }

  async close(): Promise<void> {
    for (const keeper of this.#leases) keeper.close();
    await this.log.close();
    this.receipts.close(new EventLogClosed('the log is closed'));
    await this.feed.close();
  }
}
