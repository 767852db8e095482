import type { Journal, TopicSpec } from '@openclaw/event-log';
import { BENCH_START_TIMEOUT_MS, startKafka, type Kafka } from '@openclaw/test/testbench';
import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import { openKafkaJournalStore, type KafkaJournalOptions, type KafkaJournalStore } from './index';

const LIFECYCLE: TopicSpec = { topic: 'lifecycle', partitions: 1, retention: 'forever' };
/** A broker session lasts 6 s on the test bench; an election and a few connections come on top. */
const FAILOVER_TIMEOUT_MS = 90_000;

describe('KafkaJournal when its only broker freezes', () => {
  let kafka: Kafka;
  let store: KafkaJournalStore;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 1, faults: true });
    store = storeOn(kafka, { singleBroker: true, requestTimeoutMs: 1_000 });
    await store.ensureTopics([LIFECYCLE]);
  }, BENCH_START_TIMEOUT_MS);
  afterAll(async () => {
    await store.close();
    await kafka.stop();
  });

  it(
    'rejects appends and bounds within the time limit, and works again when the broker goes on',
    async () => {
      const journal = await store.open('lifecycle');
      await journal.append(record(0));
      const reader = follow(journal);
      await kafka.pause(0);
      const startedMs = performance.now();
      const outcomes = await Promise.allSettled([
        ...[1, 2, 3].map((number) => journal.append(record(number))),
        journal.bounds(AbortSignal.timeout(60_000)),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'rejected'));
      // Twice the limit leaves room for a busy machine; kafkajs alone would wait for its own 30 s.
      expect(performance.now() - startedMs).toBeLessThan(2_000);
      await kafka.resume(0);
      await resendUntilAcknowledged(journal, 4);
      await reader.seen(4);
      reader.stop();
      expect(reader.contiguous()).toBe(true);
    },
    FAILOVER_TIMEOUT_MS,
  );

  it(
    'closes at once while the broker is frozen',
    async () => {
      const other = storeOn(kafka, { singleBroker: true });
      const journal = await other.open('lifecycle');
      await journal.append(record(5));
      const reader = follow(journal);
      await reader.seen(5);
      await kafka.pause(0);
      const pending = Promise.allSettled([journal.append(record(6))]);
      await other.close();
      expect((await pending)[0]).toMatchObject({ status: 'rejected', reason: { name: 'JournalClosed' } });
      await reader.ended;
      await kafka.resume(0);
    },
    FAILOVER_TIMEOUT_MS,
  );
});

describe('KafkaJournal on three brokers', () => {
  let kafka: Kafka;
  let store: KafkaJournalStore;
  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, faults: true });
    store = storeOn(kafka, { singleBroker: false, requestTimeoutMs: 3_000 });
    await store.ensureTopics([LIFECYCLE]);
  }, BENCH_START_TIMEOUT_MS);
  afterAll(async () => {
    await store.close();
    await kafka.stop();
  });

  it(
    'survives the kill and the freeze of its leader: acknowledged records are read, in order and without a hole',
    async () => {
      const journal = await store.open('lifecycle');
      const reader = follow(journal);
      await resendUntilAcknowledged(journal, 0);
      const killed = await leaderOf(kafka, journal);
      await kafka.kill(killed);
      for (let number = 1; number <= 50; number += 1) await resendUntilAcknowledged(journal, number);
      await reader.seen(50);
      await kafka.restart(killed);
      await expect(journal.bounds(AbortSignal.timeout(60_000))).resolves.toMatchObject({ oldest: 0 });
      const frozen = await leaderOf(kafka, journal);
      await kafka.pause(frozen);
      for (let number = 51; number <= 100; number += 1) await resendUntilAcknowledged(journal, number);
      await reader.seen(100);
      await kafka.resume(frozen);
      await resendUntilAcknowledged(journal, 101);
      await reader.seen(101);
      reader.stop();
      expect(reader.contiguous()).toBe(true);
      expect(reader.firstSightings()).toEqual(Array.from({ length: 102 }, (_, number) => number));
    },
    2 * FAILOVER_TIMEOUT_MS,
  );
});

const storeOn = (kafka: Kafka, options: Partial<KafkaJournalOptions>): KafkaJournalStore =>
  openKafkaJournalStore({ brokers: kafka.brokers, clientId: 'spec', singleBroker: false, ...options });

const record = (number: number): { key: string; value: Buffer } => ({ key: 'k', value: Buffer.from(String(number)) });

/** What every caller of `append` does with a rejection: the same record again. */
const resendUntilAcknowledged = async (journal: Journal, number: number): Promise<void> => {
  for (;;) {
    try {
      await journal.append(record(number));
      return;
    } catch (error) {
      if (error instanceof Error && error.name === 'JournalClosed') throw error;
    }
  }
};

interface Follower {
  readonly ended: Promise<void>;
  /** Resolves when the record of that number was read. */
  seen(number: number): Promise<void>;
  contiguous(): boolean;
  /** The numbers in the order they were read first: a resend may have stored one twice. */
  firstSightings(): readonly number[];
  stop(): void;
}

const follow = (journal: Journal): Follower => {
  const stop = new AbortController();
  const offsets: number[] = [];
  const numbers = new Set<number>();
  const waiting = new Map<number, () => void>();
  const read = async (): Promise<void> => {
    for await (const batch of journal.read(0, stop.signal)) {
      for (const { offset, value } of batch) {
        offsets.push(offset);
        numbers.add(Number(value.toString()));
        waiting.get(Number(value.toString()))?.();
      }
    }
  };
  return {
    ended: read(),
    seen: (number) => (numbers.has(number) ? Promise.resolve() : new Promise((done) => waiting.set(number, done))),
    contiguous: () => offsets.every((offset, index) => offset === index),
    firstSightings: () => [...numbers],
    stop: () => stop.abort(),
  };
};

/** Index of the broker that leads the journal's partition. */
const leaderOf = async (kafka: Kafka, journal: Journal): Promise<number> => {
  const topic = journal.name.replace(/\/0$/, '');
  const admin = new KafkaJs({ clientId: 'spec', brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  await admin.disconnect();
  return (topics[0]?.partitions[0]?.leader ?? Number.NaN) - 1;
};
