import type { Journal, JournalStore, LogHalted } from '@openclaw/event-log';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';

export interface LogTopics {
  readonly lifecycleTopic: string;
  readonly coordinationTopic: string;
}

export interface HeartOptions extends LogTopics {
  readonly source: string;
  readonly role?: 'writer' | 'reader';
  readonly appendTimeoutMs?: number;
  readonly resendAfterMs?: number;
  readonly lostTailAfterMs?: number;
  /** Wraps the lifecycle journal: where a fault or a mutant is planted. */
  readonly decorate?: (journal: Journal) => Journal;
  readonly onHalt?: (reason: LogHalted) => void;
}

/** The product's log with its heads, as one more process would hold it. The caller closes it and then the store. */
export const openHeart = (store: JournalStore, options: HeartOptions): Promise<FreshLog> => {
  const { decorate, role = 'writer', ...rest } = options;
  const decorated: JournalStore = {
    kind: store.kind,
    ensureTopics: (topics) => store.ensureTopics(topics),
    open: async (topic, partition) => {
      const journal = await store.open(topic, partition);
      return topic === options.lifecycleTopic && decorate !== undefined ? decorate(journal) : journal;
    },
    close: () => store.close(),
  };
  return openFreshLog(decorated, { ...rest, role, boundMs: BOUND_MS, keepStreams: true });
};

/** The longest lease of these deployments; no experiment here measures leases. */
const BOUND_MS = 2_000;
