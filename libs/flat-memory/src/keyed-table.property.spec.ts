import fc from 'fast-check';
import { KEY_WORDS, KeyedTable, hexOfKey, keyOfHex, keyOfText } from './index';

const OWN = KEY_WORDS;
type Step = readonly [kind: 'insert' | 'remove', name: number];

const step: fc.Arbitrary<Step> = fc.tuple(fc.constantFrom('insert', 'insert', 'remove'), fc.nat(300));
const keyed = (name: number) => keyOfText(`name ${name}`);

/** The table, and beside it a plain Map that says what must be in it. */
const play = (steps: readonly Step[]): { readonly table: KeyedTable; readonly oracle: Map<number, number> } => {
  const [table, oracle] = [new KeyedTable(2), new Map<number, number>()];
  for (const [kind, name] of steps) {
    const found = table.find(keyed(name));
    if (kind === 'remove' && found >= 0) {
      table.remove(found);
      oracle.delete(name);
    } else if (kind === 'insert' && found < 0) {
      table.records.set(table.insert(keyed(name)), OWN, name + 1);
      oracle.set(name, name + 1);
    }
  }
  return { table, oracle };
};

const expectEqual = (table: KeyedTable, oracle: ReadonlyMap<number, number>): void => {
  expect(table.size).toBe(oracle.size);
  for (let name = 0; name <= 300; name += 1) {
    const found = table.find(keyed(name));
    expect(found < 0 ? undefined : table.records.get(found, OWN)).toBe(oracle.get(name));
  }
};

describe('laws of the keyed table', () => {
  it('holds what a Map holds, after any steps', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1500, size: 'max' }), (steps) => {
        const { table, oracle } = play(steps);
        expectEqual(table, oracle);
      }),
      { numRuns: 40 },
    );
  });

  it('is the same after its records went through an image, also while it is changed meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 400 }), fc.array(step, { maxLength: 100 }), async (steps, more) => {
        const { table, oracle } = play(steps);
        const image = table.records.image();
        const count = table.records.size;
        for (const [kind, name] of more) {
          const found = table.find(keyed(name));
          if (kind === 'remove' && found >= 0) table.remove(found);
          if (kind === 'insert' && found < 0) table.records.set(table.insert(keyed(name)), OWN, name + 1);
        }
        const again = new KeyedTable(2);
        let piece = 0;
        await again.records.load(count, async (into) => void image.take(piece++).copy(into));
        image.end();
        again.reindex();
        expectEqual(again, oracle);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps several records of one key apart', () => {
    const table = new KeyedTable(2);
    const records = [1, 2, 3].map((value) => {
      const record = table.insert(keyed(7));
      table.records.set(record, OWN, value);
      return record;
    });
    table.remove(records[1] ?? -1);
    const found: number[] = [];
    expect(table.findAll(keyed(7), found)).toBe(2);
    expect(new Set(found.slice(0, 2))).toEqual(new Set([records[0], records[2]]));
    expect(table.findAll(keyed(8), found)).toBe(0);
  });

  it('gives a key back as it was written, and refuses what is none', () => {
    const hex = '00ff10'.padEnd(64, 'a7');
    expect(hexOfKey(keyOfHex(hex), 0)).toBe(hex);
    for (const wrong of ['', hex.slice(1), `${hex}0`, 'g'.repeat(64)]) expect(() => keyOfHex(wrong)).toThrow(TypeError);
  });
});
