import { ChainHash, type Journal, type JournalRecord, parseOuterForm } from '@openclaw/event-log';

export interface Accepted {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly terminal: boolean;
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A log read again from its first record, judged by an oracle that shares no code with the product's rule. */
export interface Reread {
  readonly records: number;
  /** By event id; a list, because an id accepted twice is what we look for. */
  readonly accepted: ReadonlyMap<string, readonly Accepted[]>;
  /** In log order. */
  readonly history: readonly Accepted[];
  readonly superseded: number;
  readonly unparsable: number;
  readonly chainHash: string;
  /** Holes and steps back of the offsets. */
  readonly faults: readonly string[];
}

/** Reads everything that the journal holds now. Rejects when the store does not show its end within `withinMs`. */
export const rereadJournal = async (journal: Journal, withinMs = 60_000): Promise<Reread> => {
  const oracle = new SlowOracle();
  const faults: string[] = [];
  const chain = new ChainHash();
  let expected = 0;
  await rereadValues(
    journal,
    ({ offset, value }) => {
      if (offset !== expected) faults.push(`I7: offset ${offset} where ${expected} was due`);
      expected = offset + 1;
      chain.update(value);
      oracle.take(offset, value);
    },
    withinMs,
  );
  return { ...oracle.result(), records: expected, chainHash: chain.hex(), faults };
};

/** Hands out every record that the journal holds now; rejects when the store does not show its end within `withinMs`. */
export const rereadValues = async (
  journal: Journal,
  take: (record: JournalRecord) => void,
  withinMs = 60_000,
): Promise<void> => {
  const limit = AbortSignal.timeout(withinMs);
  const { next } = await journal.bounds(limit);
  const end = new AbortController();
  let read = 0;
  if (next === 0) return;
  for await (const batch of journal.read(0, AbortSignal.any([limit, end.signal]))) {
    for (const record of batch) {
      take(record);
      read = record.offset + 1;
    }
    if (read >= next) end.abort();
  }
  if (read < next) throw new Error(`${journal.name}: read up to ${read} of ${next} in ${withinMs} ms`);
};

/** The acceptance rule once more, from its words in ARCHITECTURE section 3, on lists instead of signed numbers. */
class SlowOracle {
  readonly #streams = new Map<string, Accepted[]>();
  readonly #accepted = new Map<string, Accepted[]>();
  readonly #history: Accepted[] = [];
  #superseded = 0;
  #unparsable = 0;

  take(position: number, value: Buffer): void {
    const parsed = parseOuterForm(value);
    if (!parsed.ok) {
      this.#unparsable += 1;
      return;
    }
    const { stream, claim, id, metadata } = parsed.outer;
    const before = this.#streams.get(stream) ?? [];
    const closed = before.some((event) => event.terminal);
    const wins = !closed && (claim === 'terminal' ? before.length > 0 : claim === before.length + 1);
    if (!wins) {
      this.#superseded += 1;
      return;
    }
    const terminal = claim === 'terminal';
    const event: Accepted = { position, stream, revision: before.length + 1, terminal, id, metadata };
    this.#streams.set(stream, [...before, event]);
    this.#accepted.set(id, [...(this.#accepted.get(id) ?? []), event]);
    this.#history.push(event);
  }

  result(): Pick<Reread, 'accepted' | 'history' | 'superseded' | 'unparsable'> {
    return {
      accepted: this.#accepted,
      history: this.#history,
      superseded: this.#superseded,
      unparsable: this.#unparsable,
    };
  }
}
