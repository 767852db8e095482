import { Allowance } from './allowance';

const spent = (its: Allowance, nowMs: number): number => {
  let count = 0;
  while (its.spend(nowMs)) count += 1;
  return count;
};

describe('what a peer may ask of us that is no work', () => {
  it('ends at the burst, and comes back with time', () => {
    const its = new Allowance(100, 10, 0);
    expect(spent(its, 0)).toBe(100);
    expect(spent(its, 0)).toBe(0);
    expect(spent(its, 1000)).toBeGreaterThan(0);
    const rested = new Allowance(100, 10, 0);
    expect(spent(rested, 0) + spent(rested, 1_000_000)).toBeLessThanOrEqual(201); // never more than a burst is saved
  });

  it('grows with answers that were given, up to the burst', () => {
    const its = new Allowance(100, 0, 0);
    spent(its, 0);
    its.earn();
    expect(spent(its, 0)).toBeGreaterThan(0);
    for (let i = 0; i < 1000; i += 1) its.earn();
    expect(spent(its, 0)).toBe(100);
  });
});
