import { SILENT_MS, accountOf, windowOf, worstOf } from './verdict';

const NOW = 1_800_000_000_000;
const at = (agoMs: number): Date => new Date(NOW - agoMs);
type Marks = Parameters<typeof accountOf>[0];

const marks = (changes: Partial<Marks> = {}): Marks => ({
  partition: 1,
  openedPosition: 3,
  openedAt: at(60_000),
  durability: 'fsync',
  recorded: 5,
  lastAt: at(10_000),
  closed: null,
  lost: null,
  ...changes,
});
const renewal = (floor: number, heardAgoMs = 0) => ({
  producer: 'p',
  validator: 'v',
  boundMs: 10_000,
  lastSequence: [99, floor],
  firstHeardAt: at(70_000),
  heardAt: at(heardAgoMs),
});

describe('the verdict on a producer', () => {
  it('is complete only when it is closed, all up to its last number is there, and no renewal told of more', () => {
    const closed = { last: 5, at: at(0) };
    expect(accountOf(marks({ closed }), renewal(5), NOW)).toMatchObject({ verdict: 'complete', window: null });
    expect(accountOf(marks({ closed }), renewal(6), NOW).verdict).toBe('complete'); // told after it had closed
    expect(accountOf(marks({ closed }), undefined, NOW).verdict).toBe('complete');
    expect(accountOf(marks(), renewal(5), NOW).verdict).toBe('open');
  });

  it('is unaccounted when the end claims more, or less, than was recorded, with the time in question', () => {
    const window = { from: at(10_000), to: at(1_000) };
    const closed = { last: 7, at: at(1_000) };
    expect(accountOf(marks({ closed }), undefined, NOW)).toMatchObject({ verdict: 'unaccounted', window });
    const toldOfMore = accountOf(marks({ closed: { last: 5, at: at(1_000) } }), renewal(7), NOW);
    expect(toldOfMore).toMatchObject({ verdict: 'unaccounted', floor: 7, window });
  });

  it('is unaccounted after an hour without a renewal, up to the end of its last lease', () => {
    const old = marks({ lastAt: at(2 * SILENT_MS) });
    expect(accountOf(old, renewal(5, SILENT_MS - 1), NOW).verdict).toBe('open');
    const silent = accountOf(old, renewal(5, SILENT_MS), NOW);
    expect(silent).toMatchObject({
      verdict: 'unaccounted',
      window: { from: at(2 * SILENT_MS), to: at(SILENT_MS - 10_000) },
    });
    expect(accountOf(old, undefined, NOW).verdict).toBe('unaccounted');
  });

  it('is lost for ever once that was declared, from the last record that is there', () => {
    const lost = { from: at(90_000), to: at(2_000) };
    const window = { from: at(10_000), to: at(2_000) };
    expect(accountOf(marks({ lost }), renewal(5), NOW)).toMatchObject({ verdict: 'lost', window });
    const nothing = marks({ lost, recorded: 0, lastAt: null, openedAt: null });
    expect(accountOf(nothing, undefined, NOW).window).toEqual(lost);
  });

  it('of a whole is that of its worst part, over all windows', () => {
    expect(worstOf(['complete', 'open', 'complete'])).toBe('open');
    expect(worstOf(['unaccounted', 'lost', 'open'])).toBe('lost');
    expect(worstOf(['complete'])).toBe('complete');
    expect(worstOf([])).toBe('open');
    const windows = [{ from: at(9), to: at(5) }, null, { from: at(7), to: at(1) }];
    expect(windowOf(windows)).toEqual({ from: at(9), to: at(1) });
    expect(windowOf([null])).toBeNull();
  });
});
