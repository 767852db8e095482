import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  ChainHash,
  type FollowStart,
  type LogHalted,
  encodeOuterForm,
  type Position,
  type StreamName,
} from '@openclaw/event-log';
import type { Conditions, Experiment, Observation } from '../experiment';
import { aChange } from '../workload/clients';
import { FollowedReader } from '../workload/followed-reader';
import { openHeart } from '../workload/heart';
import { KafkaGround } from '../workload/kafka-ground';
import { PostgresGround } from '../workload/postgres-ground';
import { type LosingLog, losingKafka, losingPostgres } from './grounds';
import { RenumberingJournal } from './renumbering-journal';

const kafka = new KafkaGround({ brokers: 3, faults: false });
const postgres = new PostgresGround({ faults: false });
/** How long a consumer waits for a stale answer to pass before it calls its place lost (ten seconds in a deployment). */
const LOST_TAIL_AFTER_MS = 2_000;
/** Whoever was handed records of another history for so long, and reads on, does not halt any more. */
const SETTLED_MS = 4_000;
/** And whoever has neither halted nor read on: the halt after a cut takes seconds, a busy machine comes on top. */
const PATIENCE_MS = 20_000;

type Mutant =
  | 'offsets that jumped are renumbered'
  | 'a saved place without its chain hash'
  | 'published chain hashes are not compared';
type Harm = 'cut' | 'cut and filled again';
interface Scene {
  readonly on: string;
  readonly harm: Harm;
  /** The mutants that this scene shows. */
  readonly shows: readonly Mutant[];
  open(): Promise<LosingLog>;
}

const SCENES: readonly Scene[] = [
  { on: 'kafka', harm: 'cut', shows: ['offsets that jumped are renumbered'], open: () => losingKafka(kafka) },
  { on: 'postgres', harm: 'cut', shows: [], open: () => losingPostgres(postgres) },
  {
    on: 'postgres',
    harm: 'cut and filled again',
    shows: ['a saved place without its chain hash', 'published chain hashes are not compared'],
    open: () => losingPostgres(postgres),
  },
];

/** INVARIANTS experiment 5: the acknowledged end of the log is lost while a reader and a saved place exist. */
export const lostTail: Experiment = {
  number: 5,
  title: 'lost tail: the acknowledged end of the log is truncated, offsets go back',
  invariants: ['I17'],
  mutants: {
    'offsets that jumped are renumbered': ['I17'],
    'a saved place without its chain hash': ['I17'],
    'published chain hashes are not compared': ['I17'],
  } satisfies Record<Mutant, readonly string[]>,
  run: async (conditions) => {
    const mutant = conditions.mutant as Mutant | undefined;
    const scenes = SCENES.filter((scene) => mutant === undefined || scene.shows.includes(mutant));
    const rounds = conditions.size === 'long' && mutant === undefined ? 4 : 1;
    const violations: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      violations.push(...(await Promise.all(scenes.map((scene) => play(scene, conditions)))).flat());
    }
    return observation(violations, { losses: rounds * scenes.length });
  },
  close: async () => {
    await kafka.close();
    await postgres.close();
  },
};

const observation = (violations: string[], counts: Observation['counts']): Observation => ({
  counts,
  held: { I17: violations.length === 0 },
  violations,
});

const play = async (scene: Scene, { random, mutant, note }: Conditions): Promise<string[]> => {
  const kept = random.between(10, 30);
  const lost = random.between(3, 20);
  const log = await scene.open();
  const values = await fill(log, kept + lost);
  const violations: string[] = [];
  const fault = (text: string): unknown => violations.push(`I17: ${scene.on}, ${scene.harm}: ${text}`);

  const store = await log.store();
  const decorate = mutant === 'offsets that jumped are renumbered' ? renumbered : undefined;
  // What the wiring of a service does with a halt is end the process; here it ends the wait.
  const halt = new AbortController();
  const onHalt = (reason: LogHalted): void => halt.abort(reason);
  const settings = { ...log.topics, source: 'live', role: 'reader', onHalt, ...(decorate && { decorate }) } as const;
  const fresh = await openHeart(store, settings);
  const live = new FollowedReader(fresh, 'beginning');
  await live.reached(values.length - 1);
  if (mutant !== 'published chain hashes are not compared') fresh.keepLease({ validator: 'live', projection: live });

  note(`${scene.on}: ${scene.harm} from ${values.length} to ${kept} records`);
  const before = values.slice(0, kept);
  const others = Array.from({ length: lost + 5 }, () => anotherRecord());
  await log.replaceBy(scene.harm === 'cut' ? before : [...before, ...others]);
  const resumed = resume(log, values, { mutant: mutant as Mutant | undefined, fault });
  // Somebody goes on writing on what is left. It may halt itself; that is loud, too.
  const writer = await fill(log, 3).catch((error: unknown) => String(error));
  if (typeof writer === 'string') note(`${scene.on}: a writer on the rest refused: ${writer}`);
  if (!(await halts(halt.signal, () => live.entries.length > values.length)))
    fault(`a reader at ${values.length - 1} goes on as if nothing had happened`);
  else note(`${scene.on}: a reader halted: ${reasonOf(halt.signal.reason)}`);
  await resumed;
  await live.stop();
  await fresh.close();
  await store.close();
  return violations;
};

/** True as soon as it halted; false when it reads on in another history, or does nothing at all. */
const halts = async (halted: AbortSignal, readsOn: () => boolean): Promise<boolean> => {
  const patience = AbortSignal.any([halted, AbortSignal.timeout(PATIENCE_MS)]);
  while (!patience.aborted && !readsOn()) await pause(50);
  await pause(patience.aborted ? 0 : SETTLED_MS, undefined, { signal: halted }).catch(() => undefined);
  return halted.aborted;
};

const reasonOf = (reason: unknown): string => {
  if (!(reason instanceof Error)) return String(reason);
  return reason.cause instanceof Error ? `${reason.message}: ${reason.cause.message}` : reason.message;
};

const renumbered = (journal: ConstructorParameters<typeof RenumberingJournal>[0]): RenumberingJournal =>
  new RenumberingJournal(journal);

/** Appends as the product does; answers the values of the whole log. */
const fill = async (log: LosingLog, count: number): Promise<Buffer[]> => {
  const store = await log.store();
  const fresh = await openHeart(store, { ...log.topics, source: 'writer', appendTimeoutMs: 5_000 });
  try {
    const events = Array.from({ length: count }, () => aChange('writer'));
    await Promise.all(events.map((event) => fresh.log.append(`chaos/${randomUUID()}` as StreamName, 1, event)));
    const reader = new FollowedReader(fresh, 'beginning');
    await reader.reached(fresh.log.head().position);
    await reader.stop();
    return reader.entries.map((entry) => entry.value);
  } finally {
    await fresh.close();
    await store.close();
  }
};

const anotherRecord = (): Buffer =>
  encodeOuterForm(`chaos/${randomUUID()}` as StreamName, 1, aChange('another history'));

/** A consumer that had handled everything starts again from its saved place: it must halt and be handed nothing. */
const resume = async (
  log: LosingLog,
  values: readonly Buffer[],
  { mutant, fault }: { mutant: Mutant | undefined; fault: (text: string) => unknown },
): Promise<void> => {
  const store = await log.store();
  const halt = new AbortController();
  const onHalt = (reason: LogHalted): void => halt.abort(reason);
  const fresh = await openHeart(store, {
    ...log.topics,
    source: 'consumer',
    role: 'reader',
    onHalt,
    lostTailAfterMs: LOST_TAIL_AFTER_MS,
  });
  const saved = { position: (values.length - 1) as Position, chainHash: chainOf(values) };
  const forgetful = mutant === 'a saved place without its chain hash';
  const consumer = new FollowedReader(fresh, forgetful ? await placeByNumber(log, saved.position) : saved);
  if (!(await halts(halt.signal, () => consumer.entries.length > 0)))
    fault(`a consumer goes on after its saved place ${saved.position}`);
  if (consumer.entries.length > 0) fault(`a consumer was handed ${consumer.entries.length} records of another history`);
  await consumer.stop();
  await fresh.close();
  await store.close();
};

const chainOf = (values: readonly Buffer[]): string => {
  const chain = new ChainHash();
  for (const value of values) chain.update(value);
  return chain.hex();
};

/** MUTANT: the position alone; the chain hash is whatever the log has there now. */
const placeByNumber = async (log: LosingLog, position: Position): Promise<FollowStart> => {
  const store = await log.store();
  const values: Buffer[] = [];
  const end = new AbortController();
  for await (const batch of (await store.open(log.topics.lifecycleTopic)).read(0, end.signal)) {
    values.push(...batch.map((record) => record.value));
    if (values.length > position) end.abort();
  }
  await store.close();
  return { position, chainHash: chainOf(values.slice(0, position + 1)) };
};
