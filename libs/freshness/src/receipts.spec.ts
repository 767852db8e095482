import type { Position } from '@openclaw/event-log';
import type { Head, Renewal } from './codec';
import { ReceiptLedger } from './receipt-ledger';
import type { Receipt } from './receipts';
import type { MonotonicMs } from './time.port';

const L = 1_000;
const at = (position: number): Position => position as Position;
const ms = (instant: number): MonotonicMs => instant as MonotonicMs;
const chainHash = '0'.repeat(64);
const head = (position: number, writer = 'me'): Head => ({
  kind: 'head', writer, logId: 'log', position: at(position), chainHash, covers: 0,
}); // prettier-ignore
const renewal = (incarnation: string, applied: number, boundMs = L): Renewal => ({
  kind: 'renewal', validator: 'v', incarnation, nonce: 1, logId: 'log', boundMs, applied: at(applied), chainHash,
  lastSequence: [], head: at(0), covers: 0,
}); // prettier-ignore

/** A ledger that has read these records, one a millisecond from 0 on. */
const having = (...records: (Head | Renewal)[]): ReceiptLedger => {
  const ledger = new ReceiptLedger('me', L);
  for (const [offset, record] of records.entries()) ledger.admit(offset, record, ms(offset));
  return ledger;
};
const names = ({ done, expired, missing }: Receipt): string[][] =>
  [done, expired, missing].map((list) => list.map(({ incarnation }) => incarnation));

describe('a receipt', () => {
  it('is complete at once when there is no validator', () => {
    expect(having(head(5)).judge(at(5), ms(9))).toMatchObject({ complete: true, headReadBack: true });
  });

  it('is not given before our own head is read back, whatever other writers say', () => {
    const receipt = having(renewal('a', 5), head(9, 'another')).judge(at(5), ms(99_999));
    expect(receipt).toMatchObject({ complete: false, headReadBack: false, nextExpiryMs: undefined });
    expect(names(receipt)).toEqual([[], [], ['a']]);
  });

  it('sorts everybody seen before our head into done, expired and missing', () => {
    const ledger = having(renewal('a', 5), renewal('b', 4), renewal('c', 4), head(5), renewal('c', 4));
    expect(names(ledger.judge(at(5), ms(1_000)))).toEqual([['a'], [], ['b', 'c']]);
    expect(names(ledger.judge(at(5), ms(1_002)))).toEqual([['a'], ['b'], ['c']]);
    expect(ledger.judge(at(5), ms(1_003))).toMatchObject({ complete: true, missing: [] });
  });

  it('does not take a renewal after our head for done, nor counts its lease from it', () => {
    const ledger = having(renewal('a', 4), head(5), renewal('a', 4));
    expect(names(ledger.judge(at(5), ms(500)))).toEqual([[], [], ['a']]);
    expect(ledger.judge(at(5), ms(500)).nextExpiryMs).toBeCloseTo(1_001);
  });

  it('leaves out who was first seen after our head: its every lease needed it', () => {
    expect(having(head(5), renewal('late', 4)).judge(at(5), ms(2))).toMatchObject({ complete: true, missing: [] });
  });

  it('judges by the first head of ours that reached the position', () => {
    const ledger = having(renewal('a', 1), head(5), renewal('a', 1), head(6), head(7));
    expect(ledger.judge(at(5), ms(3)).nextExpiryMs).toBeCloseTo(1_001);
    expect(ledger.judge(at(6), ms(3)).nextExpiryMs).toBeCloseTo(1_003);
  });

  it('waits for the L of each incarnation, the longest it ever showed', () => {
    const ledger = having(renewal('a', 1, 5 * L), renewal('a', 1, L), head(5));
    expect(ledger.judge(at(5), ms(3)).nextExpiryMs).toBeCloseTo(1 + 5_005);
  });

  it('is not complete before L has passed since records were skipped, at the start or later', () => {
    const ledger = new ReceiptLedger('me', L);
    ledger.admit(70, head(5), ms(100));
    expect(ledger.judge(at(5), ms(1_100))).toMatchObject({ complete: false, nextExpiryMs: 1_101 });
    expect(ledger.judge(at(5), ms(1_101)).complete).toBe(true);
    ledger.admit(75, head(6), ms(2_000));
    expect(ledger.judge(at(6), ms(3_000)).complete).toBe(false);
  });

  it('stays sound and bounded under very many heads and renewals', () => {
    const ledger = new ReceiptLedger('me', L);
    let offset = 0;
    ledger.admit(offset++, renewal('a', 0), ms(0));
    for (let i = 1; i <= 5_000; i += 1) ledger.admit(offset++, i % 2 === 0 ? head(i) : renewal('a', 0), ms(i));
    const receipt = ledger.judge(at(2), ms(5_000));
    expect(names(receipt)).toEqual([[], [], ['a']]);
    expect(receipt.nextExpiryMs).toBeGreaterThanOrEqual(1_001);
  });

  it('forgets incarnations long after their last lease', () => {
    const ledger = having(renewal('old', 0));
    ledger.admit(1, renewal('new', 0), ms(700_000));
    ledger.admit(2, head(5), ms(700_001));
    expect(names(ledger.judge(at(5), ms(700_002)))).toEqual([[], [], ['new']]);
  });
});
