import type { Journal, JournalRecord, TopicSpec } from '@openclaw/event-log';
import { BENCH_START_TIMEOUT_MS, sharedKafka } from '@openclaw/test/testbench';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { openKafkaJournalStore, watchSettings, type KafkaJournalOptions, type KafkaJournalStore } from './index';

describe('KafkaJournalStore on one real broker', () => {
  let brokers: readonly string[];
  let admin: Admin;
  let open: KafkaJournalStore[] = [];

  beforeAll(async () => {
    ({ brokers } = await sharedKafka(1));
    admin = new Kafka({ clientId: 'spec', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  }, BENCH_START_TIMEOUT_MS);
  afterAll(() => admin.disconnect());
  afterEach(async () => {
    await Promise.all(open.map((store) => store.close()));
    open = [];
  });

  const freshStore = (overrides: Partial<KafkaJournalOptions> = {}): KafkaJournalStore => {
    const topicPrefix = `spec-${(prefixes += 1)}-${process.pid}-${Date.now()}.`;
    const store = openKafkaJournalStore({ brokers, clientId: 'spec', singleBroker: true, topicPrefix, ...overrides });
    open.push(store);
    return store;
  };

  const freshJournal = async (overrides: Partial<KafkaJournalOptions> = {}): Promise<Journal> => {
    const store = freshStore(overrides);
    await store.ensureTopics([LIFECYCLE]);
    return store.open('lifecycle');
  };

  it('hands back exactly the bytes that were appended, with the time of the broker', async () => {
    const journal = await freshJournal();
    const values = [Buffer.alloc(0), Buffer.from([0, 255, 0, 10, 13]), Buffer.from('ħ€llo'), Buffer.alloc(65_535, 7)];
    const beforeMs = Date.now();
    for (const value of values) await journal.append({ key: 'pairing-code/ä', value });
    const records = await readUntil(journal, 0, values.length);
    expect(records.map(({ value }) => value)).toEqual(values);
    expect(records.map(({ offset }) => offset)).toEqual([0, 1, 2, 3]);
    for (const { appendedAtMs } of records) expect(Math.abs(appendedAtMs - beforeMs)).toBeLessThan(60_000);
  });

  it('refuses a record that is too large without sending it', async () => {
    const journal = await freshJournal();
    await expect(journal.append({ key: 'k', value: Buffer.alloc(65_536) })).rejects.toThrow(RangeError);
    await expect(journal.bounds(soon())).resolves.toEqual({ oldest: 0, next: 0 });
  });

  it('keeps the order of concurrent calls, across requests', async () => {
    const journal = await freshJournal({ requestBytesMax: 10_000 });
    const texts = Array.from({ length: 1_000 }, (_, index) => `${index}`.padEnd(100));
    await Promise.all(texts.map((text) => journal.append(record(text))));
    expect((await readUntil(journal, 0, 1_000)).map(textOf)).toEqual(texts);
  });

  it('appends to the partition that was opened, and reads only that', async () => {
    const store = freshStore();
    await store.ensureTopics([{ topic: 'usage', partitions: 3, retention: 86_400_000 }]);
    const [zero, two] = [await store.open('usage', 0), await store.open('usage', 2)];
    await two.append(record('in two'));
    await zero.append(record('in zero'));
    expect((await readUntil(two, 0, 1)).map(textOf)).toEqual(['in two']);
    expect((await readUntil(zero, 0, 1)).map(textOf)).toEqual(['in zero']);
  });

  it('gives every reader the whole journal, from the offset it asks for', async () => {
    const journal = await freshJournal();
    await appendAll(journal, ['a', 'b', 'c', 'd']);
    const [all, tail] = await Promise.all([readUntil(journal, 0, 4), readUntil(journal, 2, 4)]);
    expect(all.map(textOf)).toEqual(['a', 'b', 'c', 'd']);
    expect(tail.map(({ offset, value }) => [offset, value.toString()])).toEqual([
      [2, 'c'],
      [3, 'd'],
    ]);
  });

  it('wakes a reader at the end when a record is appended', async () => {
    const journal = await freshJournal({ fetchWaitMs: 60_000 });
    const coming = readUntil(journal, 0, 1);
    await journal.append(record('news'));
    expect((await coming).map(textOf)).toEqual(['news']);
  });

  it('waits for a reader that works slowly, without a session to lose, and continues without a hole', async () => {
    const journal = await freshJournal();
    await journal.append(record('first'));
    const reading = journal.read(0, soon(30_000))[Symbol.asyncIterator]();
    const seen = [...((await reading.next()).value as readonly JournalRecord[])];
    // Several times what the reader may hold ahead is appended while the caller does not ask for more.
    const value = Buffer.alloc(60_000, 1);
    await Promise.all(Array.from({ length: 100 }, () => journal.append({ key: 'k', value })));
    while (seen.length < 101) seen.push(...((await reading.next()).value as readonly JournalRecord[]));
    expect(seen.map(({ offset }) => offset)).toEqual(Array.from({ length: 101 }, (_, index) => index));
    await reading.return?.();
  });

  it('starts at the oldest retained record when asked for one that is gone', async () => {
    const journal = await freshJournal();
    await appendAll(journal, ['a', 'b', 'c']);
    await deleteBefore(admin, journal, 2);
    expect((await readUntil(journal, 0, 3)).map(({ offset }) => offset)).toEqual([2]);
    await expect(journal.bounds(soon())).resolves.toEqual({ oldest: 2, next: 3 });
  });

  it('does not hide a hole that opens under a reader: the offsets show it', async () => {
    const journal = await freshJournal();
    await appendAll(journal, ['a']);
    const reading = journal.read(0, soon(30_000))[Symbol.asyncIterator]();
    const seen = [...((await reading.next()).value as readonly JournalRecord[])];
    await appendAll(
      journal,
      Array.from({ length: 60 }, () => 'x'.repeat(60_000)),
    );
    await deleteBefore(admin, journal, 60);
    while (seen.at(-1)?.offset !== 60) seen.push(...((await reading.next()).value as readonly JournalRecord[]));
    const offsets = seen.map(({ offset }) => offset);
    expect(offsets.some((offset, index) => index > 0 && offset !== (offsets[index - 1] ?? 0) + 1)).toBe(true);
    await reading.return?.();
  });

  it('fails loudly when the log ends below the offset that was asked for', async () => {
    const journal = await freshJournal();
    await appendAll(journal, ['a', 'b']);
    await expect(readUntil(journal, 5, 1)).rejects.toMatchObject({ name: 'KafkaLogTruncated' });
  });

  it('ends a read without an error when it is aborted, also while it waits for records', async () => {
    const journal = await freshJournal({ fetchWaitMs: 60_000 });
    const stop = new AbortController();
    const reading = readUntil(journal, 0, 1, stop.signal);
    await journal.bounds(soon());
    stop.abort();
    await expect(reading).resolves.toEqual([]);
  });

  it('rejects everything and leaves no socket and no timer after close', async () => {
    const store = freshStore();
    await store.ensureTopics([LIFECYCLE]);
    const handlesBefore = handles();
    const journal = await store.open('lifecycle');
    const reading = readUntil(journal, 0, 1_000);
    await journal.append(record('a'));
    const pending = journal.append(record('b'));
    const settled = Promise.allSettled([pending]);
    await store.close();
    expect((await settled)[0]).toMatchObject({ status: 'rejected', reason: { name: 'JournalClosed' } });
    await reading;
    await expect(journal.append(record('c'))).rejects.toMatchObject({ name: 'JournalClosed' });
    await expect(journal.bounds(soon())).rejects.toMatchObject({ name: 'JournalClosed' });
    await expect(store.open('lifecycle')).rejects.toMatchObject({ name: 'JournalClosed' });
    await expect(store.ensureTopics([LIFECYCLE])).rejects.toMatchObject({ name: 'JournalClosed' });
    await expect(readUntil(journal, 0, 1)).resolves.toEqual([]);
    await until(() => handles() <= handlesBefore);
  });

  it('lets two processes create the same topics at the same time', async () => {
    const topicPrefix = `race-${process.pid}-${Date.now()}.`;
    const specs = ['a', 'b', 'c', 'd'].map((topic): TopicSpec => ({ topic, partitions: 2, retention: 'forever' }));
    const stores = [0, 1, 2].map(() => freshStore({ topicPrefix }));
    await Promise.all(stores.map((store) => store.ensureTopics(specs)));
    await Promise.all(stores.map((store) => store.ensureTopics(specs)));
  });

  it('refuses settings that break the promises of the log, naming all of them at once', async () => {
    const store = freshStore({ topicPrefix: `bad-${process.pid}-${Date.now()}.` });
    const topics = ['lifecycle', 'usage'].map((topic) => nameUnder(store, topic));
    await admin.createTopics({
      topics: [
        { topic: await topics[0], numPartitions: 2, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] },
        { topic: await topics[1], numPartitions: 1, configEntries: [{ name: 'compression.type', value: 'zstd' }] },
      ].map((topic) => ({ ...topic, topic: String(topic.topic) })),
      waitForLeaders: true,
    });
    const refusal = store.ensureTopics([LIFECYCLE, { topic: 'usage', partitions: 1, retention: 1_000 }]);
    await expect(refusal).rejects.toMatchObject({
      name: 'JournalSettingsRefused',
      faults: [
        expect.stringContaining('has 2 partitions, must have 1'),
        expect.stringContaining('cleanup.policy is compact'),
        expect.stringContaining('retention.ms is 604800000, must be -1'),
        expect.stringContaining('retention.ms is 604800000, must be 1000'),
        expect.stringContaining('compression.type is zstd'),
      ],
    });
  });

  it('refuses one broker unless it was asked for by name', async () => {
    const store = freshStore({ singleBroker: false });
    await expect(store.ensureTopics([LIFECYCLE])).rejects.toMatchObject({
      name: 'JournalSettingsRefused',
      faults: [expect.stringContaining('INVALID_REPLICATION_FACTOR')],
    });
  });

  it('notices a setting that somebody changes later', async () => {
    const store = freshStore();
    await store.ensureTopics([LIFECYCLE]);
    const fault = Promise.withResolvers<readonly string[]>();
    const stop = watchSettings(store, [LIFECYCLE], { everyMs: 50, onFault: ({ faults }) => fault.resolve(faults) });
    const name = await nameUnder(store, 'lifecycle');
    const configEntries = [{ name: 'retention.ms', value: '1000' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name, configEntries }] });
    await expect(fault.promise).resolves.toEqual(expect.arrayContaining([`${name} retention.ms is 1000, must be -1`]));
    stop();
  });
});

let prefixes = 0;

const LIFECYCLE: TopicSpec = { topic: 'lifecycle', partitions: 1, retention: 'forever' };

const record = (text: string): { key: string; value: Buffer } => ({ key: 'k', value: Buffer.from(text) });

const textOf = ({ value }: JournalRecord): string => value.toString();

const soon = (ms = 10_000): AbortSignal => AbortSignal.timeout(ms);

const appendAll = async (journal: Journal, texts: readonly string[]): Promise<void> => {
  await Promise.all(texts.map((text) => journal.append(record(text))));
};

/** Reads from `from` until the record before offset `next` was seen. */
const readUntil = async (
  journal: Journal,
  from: number,
  next: number,
  signal: AbortSignal = soon(30_000),
): Promise<readonly JournalRecord[]> => {
  const seen: JournalRecord[] = [];
  for await (const batch of journal.read(from, signal)) {
    seen.push(...batch);
    if ((seen.at(-1)?.offset ?? -1) >= next - 1) break;
  }
  return seen;
};

const nameUnder = async (store: KafkaJournalStore, topic: string): Promise<string> =>
  (await store.open(topic)).name.replace(/\/0$/, '');

const deleteBefore = async (admin: Admin, journal: Journal, offset: number): Promise<void> => {
  const topic = journal.name.replace(/\/0$/, '');
  await admin.fetchTopicOffsets(topic); // makes kafkajs load the metadata that the next call needs
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] });
};

const handles = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap' || name === 'Timeout').length;

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};
