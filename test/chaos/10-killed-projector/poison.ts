import { randomUUID } from 'node:crypto';
import {
  type EventLog,
  type Journal,
  MAX_RECORD_BYTES,
  type NewEvent,
  type StreamName,
  encodeOuterForm,
} from '@openclaw/event-log';
import type { SeededRandom } from '../seeded-random';
import { aChange } from '../workload/clients';
import { FROM_THE_FUTURE } from '../workload/trail';

/** Where each record of the log has to be found afterwards. */
export interface Expected {
  readonly rows: ReadonlySet<number>;
  /** Position -> kind. */
  readonly quarantined: ReadonlyMap<number, string>;
}

type Poison = 'unknown version' | 'NUL in the body' | 'NUL in the name' | 'not JSON' | '64 KB' | 'not UTF-8';
const POISONS: readonly [Poison, ...Poison[]] = [
  'unknown version', 'NUL in the body', 'NUL in the name', 'not JSON', '64 KB', 'not UTF-8',
]; // prettier-ignore

/** Fills a log with streams of changes, and with every kind of poison in the middle of them. */
export class PoisonedLog {
  readonly #rows = new Set<number>();
  readonly #quarantined = new Map<number, string>();
  readonly #spoiled = new Set<string>();

  constructor(
    private readonly log: EventLog,
    private readonly raw: Journal,
    private readonly random: SeededRandom,
  ) {}

  async fill(streams: number, revisions: number): Promise<Expected> {
    const names = Array.from({ length: streams }, (_, i) => {
      const nul = i === 0 ? '\u0000' : '';
      return `chaos/${randomUUID()}${nul}` as StreamName;
    });
    for (let revision = 1; revision <= revisions; revision += 1) {
      const poison = revision > 1 ? POISONS[(revision - 2) % POISONS.length] : undefined;
      const victim = this.random.between(1, streams - 1);
      const spoiled = names[victim] ?? names[0];
      await Promise.all(names.map((name) => this.#append(name, revision, name === spoiled ? poison : undefined)));
      if (poison === 'not JSON') await this.#junk(Buffer.from('{"specversion":"1.0", not json'));
      if (poison === 'not UTF-8') await this.#junk(Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    }
    return { rows: this.#rows, quarantined: this.#quarantined };
  }

  async #append(stream: StreamName, revision: number, poison: Poison | undefined): Promise<void> {
    const held = this.#spoiled.has(stream);
    const result = await this.log.append(stream, revision, poisoned(stream, revision, poison));
    if (result.outcome !== 'appended') throw new Error(`${stream} revision ${revision} is a conflict`);
    const kind = held ? 'held' : kindOf(stream, poison);
    if (kind === undefined) this.#rows.add(result.position);
    else {
      this.#spoiled.add(stream);
      this.#quarantined.set(result.position, kind);
    }
  }

  async #junk(value: Buffer): Promise<void> {
    const { next } = await this.raw.bounds(AbortSignal.timeout(10_000));
    await this.raw.append({ key: 'junk', value });
    this.#quarantined.set(next, 'unparsable');
  }
}

const kindOf = (stream: StreamName, poison: Poison | undefined): string | undefined => {
  if (poison === 'unknown version') return 'not-understood';
  if (poison === 'NUL in the body' || stream.includes('\u0000')) return 'failed';
  return undefined;
};

const poisoned = (stream: StreamName, revision: number, poison: Poison | undefined): NewEvent => {
  const event = aChange('writer');
  if (poison === 'unknown version') return { ...event, type: FROM_THE_FUTURE };
  if (poison === 'NUL in the body') return { ...event, data: { text: 'a\u0000b' } };
  if (poison !== '64 KB') return event;
  const room = MAX_RECORD_BYTES - encodeOuterForm(stream, revision, { ...event, data: '' }).length;
  return { ...event, data: 'x'.repeat(room) };
};
