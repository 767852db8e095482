import { oneAhead } from './one-ahead';

/** A source that notes which items were asked for, and whether it was left. */
const source = (count: number, failure?: Error) => {
  const notes = { asked: 0, left: false };
  const items = async function* (): AsyncGenerator<number> {
    try {
      for (let i = 1; i <= count; i += 1) {
        notes.asked = i;
        yield i;
      }
      if (failure !== undefined) throw failure;
    } finally {
      notes.left = true;
    }
  };
  return { notes, items: items() };
};

describe('one item ahead', () => {
  it('hands out every item in order, and asks for the next one while this one is worked on', async () => {
    const { notes, items } = source(3);
    const seen: (readonly [number, number])[] = [];
    for await (const item of oneAhead(items)) {
      await Promise.resolve();
      seen.push([item, notes.asked]);
    }
    expect(seen).toEqual([[1, 2], [2, 3], [3, 3]]); // prettier-ignore
    expect(notes.left).toBe(true);
  });

  it('lets the item in hand be worked on before it passes on why there is no next one', async () => {
    const { items } = source(1, new Error('the log halted'));
    const seen: number[] = [];
    const run = async () => {
      for await (const item of oneAhead(items)) seen.push(item);
    };
    await expect(run()).rejects.toThrow('the log halted');
    expect(seen).toEqual([1]);
  });

  it('ends the source when the loop is left early, also when what was asked for fails', async () => {
    const { notes, items } = source(1, new Error('nobody waits for this'));
    for await (const item of oneAhead(items)) {
      expect(item).toBe(1);
      break;
    }
    expect(notes.left).toBe(true);
  });
});
