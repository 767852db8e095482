import { type FollowBatch, type LogEntry, positionAt } from '@openclaw/event-log';
import { readAhead } from './read-ahead';

const entry = (position: number): LogEntry => ({
  kind: 'unparsable',
  position: positionAt(position),
  reason: 'none of ours',
  value: Buffer.alloc(0),
});

const batchOf = (positions: readonly number[], caughtUp = false): FollowBatch => ({
  entries: positions.map(entry),
  head: { logId: 'log', position: positionAt(positions.at(-1) ?? -1), chainHash: `h${positions.at(-1)}` },
  caughtUp,
});

/** A source of batches that notes how many were asked for, and whether it was left. */
const source = (batches: readonly FollowBatch[], failure?: Error) => {
  const notes = { given: 0, left: false };
  const items = async function* (): AsyncGenerator<FollowBatch> {
    try {
      for (const batch of batches) {
        notes.given += 1;
        yield batch;
      }
      if (failure !== undefined) throw failure;
    } finally {
      notes.left = true;
    }
  };
  return { notes, items: items() };
};

const positionsOf = ({ entries }: FollowBatch): number[] => entries.map(({ position }) => position);
const aTurnOfTheLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('reading ahead', () => {
  it('given a consumer that is busy, then what arrived meanwhile comes as one batch, in order, with the last head', async () => {
    const { notes, items } = source([batchOf([0]), batchOf([1, 2]), batchOf([3], true), batchOf([4])]);
    const seen: FollowBatch[] = [];
    for await (const batch of readAhead(items)) {
      seen.push(batch);
      await aTurnOfTheLoop();
    }
    expect(seen.flatMap(positionsOf)).toEqual([0, 1, 2, 3, 4]);
    expect(seen.length).toBeLessThan(4);
    expect(seen.at(-1)).toMatchObject({ head: batchOf([4]).head, caughtUp: true });
    expect(notes.left).toBe(true);
  });

  it('holds no more records than it may, but always one batch, however large', async () => {
    const { notes, items } = source([batchOf([0, 1, 2, 3]), batchOf([4]), batchOf([5]), batchOf([6])]);
    const seen: number[][] = [];
    for await (const batch of readAhead(items, 2)) {
      seen.push(positionsOf(batch));
      await aTurnOfTheLoop();
      if (seen.length === 1) expect(notes.given).toBe(4); // 4 and 5 wait, 6 is held back at the door
    }
    expect(seen).toEqual([[0, 1, 2, 3], [4, 5], [6]]); // prettier-ignore
  });

  it('lets everything that was read be worked on before it passes on why there is no more', async () => {
    const { items } = source([batchOf([0]), batchOf([1])], new Error('the log halted'));
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const batch of readAhead(items)) seen.push(...positionsOf(batch));
    };
    await expect(run()).rejects.toThrow('the log halted');
    expect(seen).toEqual([0, 1]);
  });

  it('ends the source when the loop is left early, also when what was asked for fails', async () => {
    const { notes, items } = source([batchOf([0])], new Error('nobody waits for this'));
    for await (const batch of readAhead(items)) {
      expect(positionsOf(batch)).toEqual([0]);
      break;
    }
    expect(notes.left).toBe(true);
  });
});
