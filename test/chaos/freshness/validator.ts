import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { CatchUpSubscription } from '@openclaw/consumers';
import type { FollowBatch, Journal, JournalStore, LogHead } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { type HostTime, openFreshLog, systemTime } from '@openclaw/freshness';
import { FaultyJournal } from '@openclaw/event-log/testing';
import { hostMs } from '../workload/history';
import { leaseOf } from './leases';
import type { Asked, Told, ValidatorOrder } from './validator.protocol';

/** A validator process of the freshness experiments: folds revocations in memory and decides under a lease. */
const tell = (line: Told): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Reads that go nowhere while the gate is shut: a cut that needs no network of its own. */
class Gate {
  #open = Promise.withResolvers<void>();
  constructor() {
    this.#open.resolve();
  }
  shut(): void {
    this.#open = Promise.withResolvers();
  }
  open(): void {
    this.#open.resolve();
  }
  guard(journal: Journal): Journal {
    return new FaultyJournal(journal, {
      onRead: async (records) => {
        await this.#open.promise;
        return records;
      },
    });
  }
}

const main = async (): Promise<void> => {
  const order = JSON.parse(process.argv[2] ?? '{}') as ValidatorOrder;
  let wallOffMs = 0;
  const time: HostTime = {
    ...systemTime,
    wall: { nowMs: () => systemTime.wall.nowMs() + wallOffMs } as HostTime['wall'],
  };
  const gate = new Gate();
  const kafka = openKafkaJournalStore({
    brokers: order.brokers,
    clientId: 'validator',
    singleBroker: order.brokers.length === 1,
    requestTimeoutMs: 2000,
  });
  const store: JournalStore = {
    kind: kafka.kind,
    ensureTopics: (topics) => kafka.ensureTopics(topics),
    open: async (topic, partition) => gate.guard(await kafka.open(topic, partition)),
    close: () => kafka.close(),
  };
  const { lifecycleTopic, coordinationTopic, boundMs, workTicks } = order;
  const fresh = await openFreshLog(store, {
    source: 'v',
    role: 'reader',
    boundMs,
    lifecycleTopic,
    coordinationTopic,
    time,
  });
  const revoked = new Set<string>();
  const listeners = new Set<() => void>();
  let applied: LogHead = { ...fresh.log.head(), position: -1 as LogHead['position'] };
  const handle = (batch: FollowBatch): void => {
    for (const entry of batch.entries)
      if (entry.kind === 'event' && entry.event.terminal) revoked.add(entry.event.stream);
    applied = batch.head;
    for (const listener of listeners) listener();
  };
  const subscription = new CatchUpSubscription({ log: fresh.log, after: 'beginning', handle });
  await subscription.caughtUp(AbortSignal.timeout(20_000));
  const onApplied = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const keeper = fresh.keepLease({ validator: 'v', projection: { applied: () => applied, onApplied } });
  const journal = await kafka.open(lifecycleTopic);
  const lease = leaseOf(order.mutant, { keeper, time, boundMs, log: fresh.log, journal });

  const decide = async (id: number, code: string): Promise<void> => {
    const captured = lease.capture();
    const isRevoked = revoked.has(code);
    if (captured === undefined) return tell({ id, verdict: 'unavailable', lookedAtMs: hostMs() });
    for (let tick = 0; tick < workTicks; tick += 1) await pause(10);
    const lookedAtMs = hostMs();
    const verdict = isRevoked ? 'deny' : lease.stillFresh(captured) ? 'allow' : 'unavailable';
    tell({ id, verdict, lookedAtMs });
  };

  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const asked = JSON.parse(line) as Asked;
      if ('code' in asked) void decide(asked.id, asked.code);
      else if ('wallOffMs' in asked) ({ wallOffMs } = asked);
      else if (asked.gate === 'shut') gate.shut();
      else gate.open();
    })
    .once('close', () => process.exit(0));
  tell({ ready: true });
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
