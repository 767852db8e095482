import { inspect } from 'node:util';
import { CodeEnded, HeldCode, type NewCode } from './held-code';

const LIFE_MS = 100_000;
const SECRET = `ocpc_${'B'.repeat(68)}`;

describe('a code that an application holds', () => {
  let renewals: number;
  let fails: boolean;
  let held: HeldCode;
  const troubles: unknown[] = [];
  const renew = async (): Promise<NewCode> => {
    renewals += 1;
    if (fails) throw new Error('no issuer');
    return { code: `${SECRET}${renewals}`, expiresAt: new Date(Date.now() + LIFE_MS) };
  };

  beforeEach(async () => {
    jest.useFakeTimers({ now: 1_800_000_000_000 });
    [renewals, fails] = [0, false];
    troubles.length = 0;
    held = await HeldCode.open({ renew, onTrouble: (error) => troubles.push(error) });
  });
  afterEach(() => {
    held.close();
    jest.useRealTimers();
  });

  it('is renewed before it ends, and neither long before nor twice', async () => {
    await jest.advanceTimersByTimeAsync(0.69 * LIFE_MS);
    expect([renewals, held.current()]).toEqual([1, `${SECRET}1`]);
    await jest.advanceTimersByTimeAsync(0.12 * LIFE_MS);
    expect([renewals, held.current()]).toEqual([2, `${SECRET}2`]);
  });

  it('stays in use while renewals fail, which are repeated ever more slowly, and is not in use behind its end', async () => {
    fails = true;
    await jest.advanceTimersByTimeAsync(0.95 * LIFE_MS);
    const until95 = renewals;
    expect(held.current()).toBe(`${SECRET}1`);
    expect(until95).toBeGreaterThan(3);
    expect(until95).toBeLessThan(10);
    expect(troubles).toHaveLength(until95 - 1);
    await jest.advanceTimersByTimeAsync(0.05 * LIFE_MS);
    expect(() => held.current()).toThrow(CodeEnded);
    fails = false;
    await jest.advanceTimersByTimeAsync(2 * 60_000);
    expect(held.current()).toContain(SECRET);
  });

  it('is renewed once for all that ask at once', async () => {
    await Promise.all([held.renewNow(), held.renewNow(), held.renewNow()]);
    expect([renewals, held.current()]).toEqual([2, `${SECRET}2`]);
    fails = true;
    await expect(held.renewNow()).rejects.toThrow('no issuer');
    expect(held.current()).toBe(`${SECRET}2`);
  });

  it('that lives longer than a timer can wait is renewed at its time, too', async () => {
    held.close(); // or the clock would stop at each of its renewals
    const years = 365 * 86_400_000;
    let count = 0;
    const long = await HeldCode.open({
      renew: async () => ({ code: `c${(count += 1)}`, expiresAt: new Date(Date.now() + years) }),
    });
    await jest.advanceTimersByTimeAsync(0.69 * years);
    expect(long.current()).toBe('c1');
    await jest.advanceTimersByTimeAsync(0.12 * years);
    expect(long.current()).toBe('c2');
    long.close();
  });

  it('without an end is never renewed by itself; after close, none is', async () => {
    const endless = await HeldCode.open({ renew: async () => ({ code: 'c', expiresAt: undefined }) });
    expect(jest.getTimerCount()).toBe(1);
    held.close();
    expect(jest.getTimerCount()).toBe(0);
    expect(endless.current()).toBe('c');
  });

  it('is in nothing that is printed', () => {
    const printed = inspect(held, { depth: 10, showHidden: true }) + JSON.stringify(held) + String(new CodeEnded());
    expect(printed).not.toContain(SECRET);
  });
});
