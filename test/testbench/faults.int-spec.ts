import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familyOf, line, until } from '@openclaw/embedded-postgres/testing';
import { Kafka as KafkaClient, logLevel, type Producer } from 'kafkajs';
import { BENCH_START_TIMEOUT_MS, startKafka, startPostgres, type Kafka } from '.';
import { untilBrokersServe } from './kafka-readiness';

describe('a Kafka cluster of three', () => {
  let kafka: Kafka;
  let producer: Producer;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, faults: true });
    const client = new KafkaClient({
      brokers: [...kafka.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 40, maxRetryTime: 500 },
    });
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: true });
    await admin.disconnect();
    producer = client.producer();
    await producer.connect();
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await producer.disconnect();
    await kafka.stop();
  });

  /** One record to each partition, acknowledged by all in-sync replicas: so each partition has a leader. */
  const sendToAll = () =>
    producer.send({ topic: 'kept', acks: -1, messages: [0, 1, 2].map((partition) => ({ partition, value: 'x' })) });

  it('has a frozen broker keep its connections and say nothing, until it is resumed', async () => {
    await kafka.pause(2);
    const [broker = ''] = kafka.brokers.slice(2);
    const asked = new KafkaClient({
      brokers: [broker],
      requestTimeout: 500,
      retry: { retries: 0 },
      logLevel: logLevel.NOTHING,
    });
    await expect(asked.admin().connect()).rejects.toThrow(/timed out/i);
    await kafka.resume(2);
    await untilBrokersServe(kafka.brokers);
  }, 120_000);

  it('goes on acknowledging records with one broker killed, and takes it back', async () => {
    await sendToAll();
    await kafka.kill(0);
    await sendToAll();
    await kafka.restart(0);
    await kafka.kill(1); // so broker 0 is needed again
    await sendToAll();
  }, 120_000);
});

describe('what a test started', () => {
  it(
    'is gone after stop, processes and files',
    async () => {
      const before = familyOf(process.pid).alive();
      const shared = serversOf(process.pid); // of the whole run, when this spec runs in the process that opened them
      const [postgres, kafka] = await Promise.all([
        startPostgres({ faults: true }),
        startKafka({ brokers: 1, faults: true }),
      ]);
      const family = familyOf(process.pid);
      const started = serversOf(process.pid);
      await Promise.all([postgres.stop(), kafka.stop()]);
      expect(started).toEqual([...shared, 'kafka', 'postgres'].toSorted());
      expect(serversOf(process.pid)).toEqual(shared);
      await until(() => family.alive().every((pid) => before.includes(pid)));
    },
    BENCH_START_TIMEOUT_MS,
  );

  it(
    'is gone seconds after the kill -9 of the test',
    async () => {
      const owner = spawn(
        process.execPath,
        ['-r', join(__dirname, 'typescript.cjs'), join(__dirname, 'main.ts'), 'postgres', 'kafka3'],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
          env: {
            ...process.env,
            OPENCLAW_TEST_POSTGRES_URL: '',
            OPENCLAW_TEST_KAFKA_BROKERS: '',
            OPENCLAW_TEST_KAFKA3_BROKERS: '',
          },
        },
      );
      await line(owner);
      const pid = owner.pid ?? 0;
      const family = familyOf(pid);
      expect(serversOf(pid)).toEqual(['kafka', 'postgres']);
      const gone = once(owner, 'exit');
      owner.kill('SIGKILL');
      await gone;
      await until(() => family.alive().length === 0 && serversOf(pid).length === 0, 10_000);
    },
    BENCH_START_TIMEOUT_MS,
  );
});

/** The kinds of servers whose data folders this process has (bench-folder.ts names them). */
function serversOf(pid: number): string[] {
  return readdirSync(tmpdir())
    .flatMap((name) => new RegExp(`^openclaw-bench-${pid}-(kafka|postgres)-`).exec(name)?.slice(1) ?? [])
    .sort();
}
