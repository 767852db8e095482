import { setTimeout as delay } from 'node:timers/promises';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';

/** Three brokers on a busy two-core machine need about twenty seconds; a restart waits out the session time-out. */
const READY_TIMEOUT_MS = 120_000;
const POLL_MS = 100;

/** Resolves when each of these brokers answers and counts all of them as live; rejects when `giveUp` aborts. */
export async function untilBrokersServe(brokers: readonly string[], giveUp?: AbortSignal): Promise<void> {
  await Promise.all(brokers.map((broker) => untilServes(broker, brokers, giveUp)));
}

async function untilServes(broker: string, all: readonly string[], giveUp?: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!(await servesAll(broker, all))) {
    giveUp?.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`${broker} does not see ${all.join(', ')} after ${READY_TIMEOUT_MS} ms`);
    await delay(POLL_MS);
  }
}

async function servesAll(broker: string, all: readonly string[]): Promise<boolean> {
  const client = new KafkaClient({ brokers: [broker], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = client.admin();
  try {
    await admin.connect();
    const live = (await admin.describeCluster()).brokers.map(({ host, port }) => `${host}:${port}`);
    return all.every((address) => live.includes(address));
  } catch {
    return false; // not up yet
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
