import { randomBytes, createSecretKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPIC } from '@openclaw/contracts';
import {
  AcceptanceState, ChainHash, InMemoryJournalServer, StreamTable, parseOuterForm, positionAt,
} from '@openclaw/event-log'; // prettier-ignore
import { snapshotSeal } from '../../../apps/validator/src/code-index/snapshot/snapshot-seal';
import { writeSnapshot } from '../../../apps/validator/src/code-index/snapshot/write-snapshot';
import type { Conditions, Experiment, Observation } from '../experiment';
import { DAMAGES, ofOtherVersion } from './damages';
import { IndexLife, type LifeOptions } from './index-life';
import { RandomHistory } from './random-history';

const SIZES = {
  short: { events: 120, splits: 4, rounds: 1 },
  long: { events: 1500, splits: 30, rounds: 12 },
} as const;

type Twist = NonNullable<LifeOptions['twist']>;

const valuesUpTo = (server: InMemoryJournalServer, position: number): readonly Buffer[] => {
  const values: Buffer[] = [];
  while (values.length <= position) {
    const batch = server.partition(TOPIC.lifecycle, 0).slice(values.length);
    if (batch.length === 0) break;
    values.push(...batch.map(({ value }) => value));
  }
  return values.slice(0, position + 1);
};

/** As a reader would be that takes the log as it is for the one that the snapshot is of. */
const chainNotCompared: Twist = async (resume, server) => {
  const { position } = resume.head;
  const chain = new ChainHash();
  const values = valuesUpTo(server, position);
  for (const value of values.slice(0, -1)) chain.update(value);
  const anchor = { position: positionAt(position - 1), chainHash: chain.hex() };
  for (const value of values.slice(-1)) chain.update(value);
  return { ...resume, anchor, head: { ...resume.head, chainHash: chain.hex() } };
};

/** As a snapshot would be that leaves out streams that have ended. */
const endedForgotten: Twist = async (resume, server) => {
  const streams = new StreamTable();
  for (const value of valuesUpTo(server, resume.head.position)) {
    const parsed = parseOuterForm(value);
    if (!parsed.ok) continue;
    const { revision, closed } = resume.acceptance.of(parsed.outer.stream);
    if (!closed && revision > 0 && streams.find(parsed.outer.stream) < 0) streams.add(parsed.outer.stream, revision);
  }
  return { ...resume, acceptance: new AcceptanceState(streams) };
};

const TWISTS: Readonly<Record<string, Twist>> = {
  'chain hash at the position not compared': chainNotCompared,
  'ended streams forgotten': endedForgotten,
};

/** INVARIANTS experiment 14: whatever is in the snapshot file, the state is the one that a replay of the log gives. */
export const damagedSnapshot: Experiment = {
  number: 14,
  title:
    'snapshots flipped, cut, from the future, of another version or history: detected, and the state is the replay’s',
  invariants: ['I5', 'I17', 'damage is detected'],
  mutants: {
    'marks not checked': ['I5', 'damage is detected'],
    'chain hash at the position not compared': ['I17'],
    'ended streams forgotten': ['I5'],
  },
  async run(conditions) {
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-snapshots-'));
    try {
      return await new Trial(conditions, folder).run();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

class Trial {
  readonly #server = new InMemoryJournalServer();
  readonly #key = createSecretKey(randomBytes(32));
  readonly #seal = snapshotSeal(this.#key);
  readonly #path: string;
  readonly #violations: string[] = [];
  readonly #broken = new Set<string>();
  readonly #counts: Record<string, number> = { splits: 0, resumed: 0, damaged: 0, refused: 0 };

  constructor(
    private readonly conditions: Conditions,
    private readonly folder: string,
  ) {
    this.#path = join(folder, 'validator-1.code-index');
  }

  async run(): Promise<Observation> {
    const { random, size } = this.conditions;
    const history = await RandomHistory.open(this.#server, random);
    const live = await this.#start({ folder: undefined });
    try {
      for (let split = 0; split < SIZES[size].splits; split += 1) await this.#split(history, live);
      await this.#damage(live);
      await this.#otherHistories(history, live);
    } finally {
      await live.end('killed');
      await history.close();
    }
    const held = Object.fromEntries(damagedSnapshot.invariants.map((name) => [name, !this.#broken.has(name)]));
    return { counts: { ...this.#counts, records: history.issuer.fresh.log.head().position + 1 }, held, violations: this.#violations };
  } // prettier-ignore

  /** A life ends somewhere in the history, in order or killed while it wrote; the next one must be as all the others. */
  async #split(history: RandomHistory, live: IndexLife): Promise<void> {
    const { random, size } = this.conditions;
    const events = Math.ceil(SIZES[size].events / SIZES[size].splits);
    const life = await this.#start({});
    await history.write(random.between(1, events));
    if (random.next() < 0.5) {
      await Promise.all([writeSnapshot(this.#path, life.index, this.#seal), history.write(random.between(1, 9))]);
      await life.end('killed');
    } else await life.end('in order');
    await history.write(random.between(0, events));
    await history.writeLateCopy();
    const again = await this.#start({});
    this.#count('splits');
    if (again.beganAfter >= 0) this.#count('resumed');
    else this.#violation('I5', `a good snapshot was not used: ${again.thrownAway}`);
    await this.#compare(again, live, 'snapshot + tail');
    const replayed = await this.#start({ folder: undefined });
    await this.#compare(replayed, live, 'replay from 0');
    await replayed.end('killed');
    await again.end('in order');
  }

  async #damage(live: IndexLife): Promise<void> {
    const { random, size } = this.conditions;
    const good = await readFile(this.#path);
    for (let round = 0; round < SIZES[size].rounds; round += 1) {
      for (const { what, apply } of DAMAGES) await this.#refuse(apply(good, random), what, live);
    }
    for (const fold of [0, 2]) {
      await this.#refuse(
        ofOtherVersion(good, fold, (bytes) => this.#seal.mark(bytes)),
        `of version ${fold}`,
        live,
      );
    }
    const otherSeal = snapshotSeal(createSecretKey(randomBytes(32)));
    await writeSnapshot(this.#path, live.index, otherSeal);
    await this.#refuse(await readFile(this.#path), 'under another pepper', live);
  }

  /** Snapshots that are whole, of logs that are not this one. */
  async #otherHistories(history: RandomHistory, live: IndexLife): Promise<void> {
    const { random } = this.conditions;
    const end = history.issuer.fresh.log.head().position;
    const others = {
      'of a log that forked off': this.#clone(Math.floor(end / 2)),
      'from the future': this.#clone(end),
      'of another log': new InMemoryJournalServer(),
    };
    for (const [what, server] of Object.entries(others)) {
      const written = await RandomHistory.open(server, random);
      await written.write(what === 'from the future' ? 5 : 10);
      const life = await IndexLife.start({ server, folder: undefined, seal: this.#seal });
      await writeSnapshot(this.#path, life.index, this.#seal);
      await life.end('killed');
      await written.close();
      await this.#refuse(await readFile(this.#path), what, live, 'I17');
    }
  }

  /** A start with this file must notice, throw it away, and be as a replay. */
  async #refuse(bytes: Buffer, what: string, live: IndexLife, invariant = 'damage is detected'): Promise<void> {
    await writeFile(this.#path, bytes);
    this.#count('damaged');
    let life: IndexLife;
    try {
      life = await this.#start({});
    } catch (error) {
      this.#violation(invariant, `${what}: the start failed: ${String(error)}`);
      return;
    }
    if (life.thrownAway === undefined || life.beganAfter >= 0) this.#violation(invariant, `${what}: not detected`);
    else this.#count('refused');
    await this.#compare(life, live, what, invariant === 'I17' ? 'I17' : 'I5');
    await life.end('killed');
  }

  async #compare(one: IndexLife, live: IndexLife, what: string, invariant = 'I5'): Promise<void> {
    const { next } = this.#server.partition(TOPIC.lifecycle, 0).bounds();
    const head = { ...live.index.applied(), position: positionAt(next - 1) };
    try {
      const [its, expected] = [await one.digestAt(head), await live.digestAt(head)];
      if (its !== expected) this.#violation(invariant, `${what}: another digest at position ${head.position}`);
    } catch (error) {
      this.#violation(invariant, `${what}: ${String(error)}`);
    }
  }

  #start(options: Partial<LifeOptions>): Promise<IndexLife> {
    const { mutant = '' } = this.conditions;
    const fits = mutant === 'marks not checked' ? () => true : this.#seal.fits;
    const twist = TWISTS[mutant];
    const its = { server: this.#server, folder: this.folder, seal: { mark: this.#seal.mark, fits } };
    return IndexLife.start({ ...its, ...(twist === undefined ? {} : { twist }), ...options });
  }

  #clone(last: number): InMemoryJournalServer {
    const clone = new InMemoryJournalServer();
    for (const value of valuesUpTo(this.#server, last)) clone.partition(TOPIC.lifecycle, 0).append(value, Date.now());
    return clone;
  }

  #count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  #violation(invariant: string, text: string): void {
    this.#broken.add(invariant);
    this.#violations.push(`${invariant}: ${text}`);
  }
}
