import { randomUUID } from 'node:crypto';
import { DEFAULT_TOPIC_POLICY, TOPIC, partitionOf, topicSpecs, usageCodec } from '@openclaw/contracts';
import { milliseconds } from '@openclaw/domain';
import {
  InMemoryJournalServer,
  InMemoryJournalStore,
  encodeOuterForm,
  ensureLogOpened,
  streamName,
} from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import { hashToken } from '@openclaw/platform';
import type { AnomalyConfig } from './anomaly.config';
import { openParts } from './open-parts';

const PARTITIONS = 4;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const config: AnomalyConfig = {
  listen: { host: '127.0.0.1', port: 0 },
  tls: undefined,
  log: { kind: 'postgres', url: '' },
  access: { trustedProxies: [], hashOf: hashToken },
  boundMs: 2000,
  usagePartitions: PARTITIONS,
  rules: {
    'repeated-refusals': { refusalsMin: 5, windowMs: milliseconds(60_000) },
    'request-rate': { requestsPerHourMax: 1000 },
    'outside-use': { quietMs: milliseconds(60_000) },
  },
  instance: 'anomaly-test',
};

describe('one alert per incident', () => {
  const server = new InMemoryJournalServer();
  const store = new InMemoryJournalStore(server);
  const origin = { source: 'validator-1', newId: randomUUID, now: () => new Date() };
  let sequence = 0;

  beforeAll(async () => {
    await store.ensureTopics(Object.values(topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions: PARTITIONS })));
    const fresh = await openFreshLog(store, { source: 'issuer-1', role: 'writer', boundMs: 2000 });
    await fresh.close();
  });
  afterAll(() => store.close());

  /** One refused use, in the partition of its code, as a validator writes it. */
  const refuse = async (codeId: string, sourceIp: string, time: number): Promise<void> => {
    const partition = partitionOf(codeId, PARTITIONS);
    const journal = await store.open(TOPIC.usage, partition);
    await ensureLogOpened(journal, origin, new AbortController().signal);
    sequence += 1;
    const producer = `p-${sequence}`;
    const { type, data } = usageCodec.encode({
      type: 'UsageDecided',
      data: {
        outcome: 'denied', reason: 'scope_denied', producer, sequence: 1, validator: 'v', time, codeId, sourceIp,
        service: 's', resource: 'r', action: 'a', httpStatus: 403, latencyUs: 1, position: 'p1.1.x', revision: 1,
        freshnessAgeMs: 1,
      },
    }); // prettier-ignore
    const event = { id: `${producer}-1`, type, time: new Date(time).toISOString(), source: 'validator-1', data };
    const stream = streamName(`usage/${producer}/${partition}`);
    await journal.append({ key: codeId, value: encodeOuterForm(stream, 1, event) });
  };

  const alertsSeen = async (enough: (entities: readonly string[]) => boolean): Promise<readonly string[]> => {
    const parts = await openParts(store, config, quiet);
    const entities = (): readonly string[] =>
      parts.alerts.findings().map(({ metadata }) => metadata.correlation_uid ?? '');
    while (!enough(entities())) await new Promise((turn) => setImmediate(turn));
    await parts.close();
    return entities();
  };

  it('sees a source that tries six codes, whose records lie in different partitions, as one incident', async () => {
    for (let i = 0; i < 6; i += 1) await refuse(`code-${i}`, '203.0.113.5', 1_000_000 + i * 1000);
    expect(await alertsSeen((entities) => entities.length > 0)).toEqual(['source/203.0.113.5']);
  });

  it('raises nothing again after a restart, and raises the next incident', async () => {
    for (let i = 0; i < 6; i += 1) await refuse(`code-${i}`, '203.0.113.5', 2_000_000 + i * 1000);
    const entities = await alertsSeen((seen) => seen.length > 1);
    expect(entities).toEqual(['source/203.0.113.5', 'source/203.0.113.5']);
    for (let i = 0; i < 5; i += 1) await refuse('code-9', '198.51.100.9', 3_000_000 + i);
    const all = await alertsSeen((seen) => seen.includes('code/code-9') && seen.includes('source/198.51.100.9'));
    expect(all).toHaveLength(4);
  });
});
