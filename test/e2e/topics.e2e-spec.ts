import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { CloudEvent } from 'cloudevents';
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { type KafkaSystem, startKafkaSystem } from '../demo/kafka-system';
import { Tour } from '../demo/tour';

const TEST_MS = 180_000;
const SCHEMAS = resolve(__dirname, '../../libs/contracts/events/v1');
/** Not events: what services tell each other about freshness, and checkpoints. */
const OTHER_FORMS = ['openclaw.coordination.v1', 'openclaw.checkpoints.v1'];

interface Found {
  readonly topic: string;
  readonly key: string;
  readonly text: string;
}

describe('what is really on the topics, read by a plain Kafka consumer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-topics-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ajv = addFormats(new Ajv2020({ strict: false }));
  const compiled = new Map<string, ValidateFunction>();
  /** The published schema of that name, compiled by Ajv. */
  const schema = (name: string): ValidateFunction => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const parsed = JSON.parse(readFileSync(join(SCHEMAS, `${name}.schema.json`), 'utf8')) as object;
    const made = ajv.compile(parsed);
    compiled.set(name, made);
    return made;
  };

  /** Every record of every topic of the system, up to its end. */
  const everything = async ({ kafka: { brokers, topicPrefix } }: KafkaSystem): Promise<readonly Found[]> => {
    const kafka = new Kafka({ brokers: [...brokers], clientId: 'a-reader', logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(topicPrefix));
    const left = new Map<string, number>();
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        if (Number(high) > 0) left.set(`${topic}/${partition}`, Number(high));
      }
    }
    const consumer = kafka.consumer({ groupId: 'a-reader' });
    await consumer.connect();
    await consumer.subscribe({ topics, fromBeginning: true });
    const found: Found[] = [];
    await new Promise<void>((done, fail) => {
      const eachMessage = async ({
        topic,
        partition,
        message: { key, value, offset },
      }: EachMessagePayload): Promise<void> => {
        found.push({ topic: topic.slice(topicPrefix.length), key: String(key), text: String(value) });
        const place = `${topic}/${partition}`;
        if (Number(offset) + 1 >= (left.get(place) ?? 0)) left.delete(place);
        if (left.size === 0) done();
      };
      consumer.run({ eachMessage }).catch(fail);
    });
    await consumer.disconnect();
    await admin.disconnect();
    return found;
  };

  it(
    'is CloudEvents, each with the body that its published JSON Schema says, on every topic that holds events',
    async () => {
      const system = await startKafkaSystem(folder);
      let records: readonly Found[];
      try {
        const steps = await new Tour(system, () => undefined).run();
        expect(steps.filter(({ ok }) => !ok)).toEqual([]);
        records = await everything(system);
      } finally {
        await system.stop();
      }
      const types = new Set<string>();
      for (const { topic, key, text } of records) {
        if (OTHER_FORMS.includes(topic)) continue;
        const event = JSON.parse(text) as { type: string; stream: string; subject: string; data: unknown };
        expect(() => new CloudEvent(event, true)).not.toThrow();
        for (const [name, value] of [
          ['outer-form', event],
          [event.type, event.data],
        ] as const) {
          const validate = schema(name);
          expect([event.type, validate(value), validate.errors]).toEqual([event.type, true, null]);
        }
        expect([key, event.subject]).toEqual([event.stream, event.stream]);
        types.add(event.type);
      }
      expect([...types]).toEqual(expect.arrayContaining([
        'openclaw.pairing-code.issued.v1', 'openclaw.pairing-code.revoked.v1', 'openclaw.master-key.registered.v1',
        'openclaw.redemption.code-redeemed.v1', 'openclaw.usage.decided.v1', 'openclaw.usage.producer-opened.v1',
        'openclaw.alert.detection-finding.v1', 'openclaw.log.opened.v1',
      ])); // prettier-ignore
    },
    TEST_MS,
  );
});
