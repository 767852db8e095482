import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import type { LogTarget } from '@openclaw/event-log/testing';
import { startKafka } from '@openclaw/test/testbench';
import { attemptsToTamperWithKafka } from './kafka-tampering';
import { logOnStore } from './log-on-store';

const REQUEST_TIMEOUT_MS = 2000;

/** A real cluster of our own, because the suite freezes and restarts it. */
export const kafkaTarget = (brokers: 1 | 3) => async (): Promise<LogTarget> => {
  const kafka = await startKafka({ brokers, faults: true });
  const all = Array.from({ length: brokers }, (_, index) => index);
  const openStore = async () =>
    openKafkaJournalStore({
      brokers: kafka.brokers,
      clientId: 'contract',
      singleBroker: brokers === 1,
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
  return {
    name: `kafka-${brokers}`,
    fresh: async () => logOnStore(openStore, (topic) => attemptsToTamperWithKafka(kafka.brokers, openStore, topic)),
    freeze: async () => {
      await Promise.all(all.map((index) => kafka.pause(index)));
      return async () => void (await Promise.all(all.map((index) => kafka.resume(index))));
    },
    restart: async () => {
      await Promise.all(all.map((index) => kafka.kill(index)));
      await Promise.all(all.map((index) => kafka.restart(index)));
    },
    stop: () => kafka.stop(),
  };
};
