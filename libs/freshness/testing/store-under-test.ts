import type { JournalStore } from '@openclaw/event-log';

/** One kind of store (memory, PostgreSQL, Kafka with one broker, with three) that the freshness contract runs on. */
export interface FreshnessTarget {
  readonly name: string;
  /** Two new empty topics, this case's own. */
  fresh(): Promise<StoreUnderTest>;
  stop(): Promise<void>;
}

export interface StoreUnderTest {
  readonly lifecycleTopic: string;
  readonly coordinationTopic: string;
  /** Connects as one more process would; closed with `dispose`. */
  connect(): Promise<JournalStore>;
  /** Deletes every coordination record that is there now, as retention does. */
  expireCoordination(): Promise<void>;
  dispose(): Promise<void>;
}
