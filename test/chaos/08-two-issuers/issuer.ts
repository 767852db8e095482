import { createHash, randomUUID } from 'node:crypto';
import { type EventLog, type NewEvent, OutcomeUnknown, type RecordedEvent, type StreamName } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { SeededRandom } from '../seeded-random';
import { orderOf, stopAsked, tell } from '../workload/child';
import { aChange } from '../workload/clients';
import { type LogTopics, openHeart } from '../workload/heart';
import { hostMs } from '../workload/history';

export interface IssuerOrder extends LogTopics {
  readonly name: string;
  readonly brokers: readonly string[];
  readonly seed: number;
  readonly codes: readonly string[];
  readonly commandsAtOnce: number;
  readonly mutant: string | undefined;
}

/** Exactly the history a decision rests on: revision and hash of the ids of all accepted events so far. */
export const historyDigest = (ids: readonly string[]): string =>
  `${ids.length}:${createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 16)}`;

interface Decided {
  readonly events: readonly NewEvent[];
  readonly claim: number | 'terminal';
}

/** One of several issuers on the same codes: load, decide, append, as fast as it can, until its parent stops it. */
const main = async (): Promise<void> => {
  const order = orderOf<IssuerOrder>();
  const stop = stopAsked();
  const store = openKafkaJournalStore({ brokers: order.brokers, clientId: order.name, singleBroker: false });
  const heart = await openHeart(store, { ...order, source: order.name });
  tell({ ready: true });
  const clients = Array.from({ length: order.commandsAtOnce }, (_, i) => {
    const random = new SeededRandom(order.seed + i);
    return runClient(heart.log, { name: `${order.name}-${i}`, random, order }, stop);
  });
  await Promise.all(clients);
  await heart.close();
  await store.close();
};

interface Client {
  readonly name: string;
  readonly random: SeededRandom;
  readonly order: IssuerOrder;
}

const runClient = async (log: EventLog, client: Client, stop: AbortSignal): Promise<void> => {
  const { name, random, order } = client;
  const alive = new Set(order.codes);
  while (!stop.aborted && alive.size > 0) {
    const stream = random.pick([...alive] as [string, ...string[]]) as StreamName;
    const history: RecordedEvent[] = await Array.fromAsync(log.readStream(stream));
    if (history.at(-1)?.terminal === true) {
      alive.delete(stream);
      continue;
    }
    const decided = decide(history, client);
    const claim = claimOf(decided, order.mutant, await revisionNow(log, stream));
    await act(log, stream, { ...decided, claim }, name);
  }
};

/** Most commands change; one in two hundred revokes, so that codes live long enough to be fought over. */
const decide = (history: readonly RecordedEvent[], { name, random, order }: Client): Decided => {
  const decidedon = historyDigest(history.map((event) => event.id));
  if (history.length > 0 && random.next() < 0.005) return { events: [aChange(name, { decidedon })], claim: 'terminal' };
  if (order.mutant !== 'two records an append')
    return { events: [aChange(name, { decidedon })], claim: history.length + 1 };
  const commandid = randomUUID();
  const first = aChange(name, { decidedon, commandid, part: '1' });
  const after = historyDigest([...history.map((event) => event.id), first.id]);
  return { events: [first, aChange(name, { decidedon: after, commandid, part: '2' })], claim: history.length + 1 };
};

const claimOf = ({ claim }: Decided, mutant: string | undefined, now: number): Decided['claim'] =>
  mutant === 'expected revision not checked' && claim !== 'terminal' ? now + 1 : claim;

const revisionNow = async (log: EventLog, stream: StreamName): Promise<number> =>
  (await Array.fromAsync(log.readStream(stream))).length;

const act = async (log: EventLog, stream: StreamName, { events, claim }: Decided, client: string): Promise<void> => {
  for (const [index, event] of events.entries()) {
    const beganMs = hostMs();
    const result = await log
      .append(stream, claim === 'terminal' ? claim : claim + index, event)
      .catch((error: unknown) => {
        if (error instanceof OutcomeUnknown) return undefined;
        throw error;
      });
    const outcome = result === undefined ? 'unknown' : result.outcome === 'appended' ? 'appended' : 'not-done';
    const position = result?.outcome === 'appended' ? { position: result.position } : {};
    const terminal = claim === 'terminal';
    tell({ told: { client, stream, id: event.id, terminal, beganMs, endedMs: hostMs(), outcome, ...position } });
    // A command of two records is believed done with its first.
    if (outcome !== 'appended' && events.length === 1) return;
  }
};

if (require.main === module) {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
