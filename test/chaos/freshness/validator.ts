import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { CatchUpSubscription } from '@openclaw/consumers';
import { type JournalStore, positionAt } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { openFreshLog } from '@openclaw/freshness';
import { hostMs } from '../workload/history';
import { FaultyTime } from './faulty-time';
import { Gate } from './gate';
import { type Lease, leaseOf } from './leases';
import { RevokedCodes } from './revoked-codes';
import type { Asked, Told, ValidatorOrder } from './validator.protocol';

/** A validator process of the freshness experiments: folds revocations in memory and decides under a lease. */
const tell = (line: Told): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const main = async (): Promise<void> => {
  const order = JSON.parse(process.argv[2] ?? '{}') as ValidatorOrder;
  const time = new FaultyTime();
  const gate = new Gate();
  const { revoked, lease } = await open(order, time, gate);

  const decide = async (id: number, code: string): Promise<void> => {
    const captured = lease.capture();
    const isRevoked = revoked.has(code);
    if (captured === undefined) return tell({ id, verdict: 'unavailable', lookedAtMs: hostMs() });
    for (let tick = 0; tick < order.workTicks; tick += 1) await pause(10);
    const lookedAtMs = hostMs();
    tell({ id, verdict: isRevoked ? 'deny' : lease.stillFresh(captured) ? 'allow' : 'unavailable', lookedAtMs });
  };

  createInterface({ input: process.stdin })
    .on('line', (line) => {
      const asked = JSON.parse(line) as Asked;
      if ('code' in asked) void decide(asked.id, asked.code);
      else if ('gate' in asked) gate.set(asked.gate);
      else time.set(asked);
    })
    .once('close', () => process.exit(0));
  tell({ ready: true });
};

const open = async (
  { brokers, lifecycleTopic, coordinationTopic, boundMs, mutant }: ValidatorOrder,
  { host: time }: FaultyTime,
  gate: Gate,
): Promise<{ readonly revoked: RevokedCodes; readonly lease: Lease }> => {
  const singleBroker = brokers.length === 1;
  const kafka = openKafkaJournalStore({ brokers, clientId: 'validator', singleBroker, requestTimeoutMs: 2000 });
  const store: JournalStore = {
    kind: kafka.kind,
    ensureTopics: (topics) => kafka.ensureTopics(topics),
    open: async (topic, partition) => gate.guard(await kafka.open(topic, partition)),
    close: () => kafka.close(),
  };
  const topics = { lifecycleTopic, coordinationTopic };
  const fresh = await openFreshLog(store, { source: 'v', role: 'reader', boundMs, time, ...topics });
  const { log } = fresh;
  const revoked = new RevokedCodes({ ...log.head(), position: positionAt(-1) });
  const handle: ConstructorParameters<typeof CatchUpSubscription>[0]['handle'] = (batch) => revoked.fold(batch);
  const subscription = new CatchUpSubscription({ log, after: 'beginning', handle });
  await subscription.caughtUp(AbortSignal.timeout(20_000));
  const keeper = fresh.keepLease({ validator: 'v', projection: revoked });
  const journal = await kafka.open(lifecycleTopic);
  return { revoked, lease: leaseOf(mutant, { keeper, time, boundMs, log, journal }) };
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
