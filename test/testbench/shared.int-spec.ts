import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { BENCH_START_TIMEOUT_MS, sharedKafka, sharedPostgres, type Kafka, type Postgres } from '.';

describe('servers shared by the spec files of one run', () => {
  let postgres: Postgres;
  let kafka: Kafka;

  beforeAll(async () => {
    [postgres, kafka] = await Promise.all([sharedPostgres(), sharedKafka(1)]);
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await Promise.all([postgres.stop(), kafka.stop()]);
  });

  it('are started once, however many ask', async () => {
    const [again, kafkaAgain] = await Promise.all([sharedPostgres(), sharedKafka(1)]);
    expect(again.url).toBe(postgres.url);
    expect(kafkaAgain.brokers).toEqual(kafka.brokers);
  });

  it('give each caller databases of its own and take them away with the handle', async () => {
    const handle = await sharedPostgres();
    const [one, two] = await Promise.all([handle.freshDatabase('Mine, only'), handle.freshDatabase('Mine, only')]);
    expect(one).not.toBe(two);
    expect(new URL(one).pathname).toMatch(/^\/mine_only_[0-9a-f]{8}$/);
    await query(one, 'CREATE TABLE kept (id int)');
    await handle.stop();
    await expect(query(one, 'SELECT 1')).rejects.toThrow('does not exist');
  });

  it('promise what the log asks of PostgreSQL: what is acknowledged survives a power cut', async () => {
    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      expect(await query(postgres.url, `SHOW ${setting}`)).toEqual([{ [setting]: 'on' }]);
    }
  });

  it('stamp Kafka records with the time of the log, on topics that somebody made on purpose', async () => {
    const admin = new KafkaClient({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const topic = `bench.${process.pid}.${Date.now()}`;
    await admin.createTopics({ topics: [{ topic }], waitForLeaders: true });
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: topic }],
    });
    const timestamps = resources[0]?.configEntries.find((entry) => entry.configName === 'message.timestamp.type');
    expect(timestamps?.configValue).toBe('LogAppendTime');
    await admin.disconnect();
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<object>(text);
    return rows;
  } finally {
    await client.end();
  }
}
