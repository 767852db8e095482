import type { Position } from '@openclaw/event-log';
import { type CoordinationRecord, decodeRecord, encodeRecord, NOWHERE } from './codec';

const at = (position: number): Position => position as Position;
const CHAIN_HASH = '0f'.repeat(32);
const records: CoordinationRecord[] = [
  { kind: 'head', writer: 'issuer/1', logId: 'log', position: at(7), chainHash: CHAIN_HASH, covers: 3 },
  {
    kind: 'renewal', validator: 'v', incarnation: 'i', nonce: 1, logId: 'log', boundMs: 10_000, applied: NOWHERE,
    chainHash: CHAIN_HASH, lastSequence: [0, 5], head: at(7), covers: 0,
  },
  { kind: 'probe', sender: 'audit/1', nonce: 2 },
]; // prettier-ignore

describe('coordination records', () => {
  it.each(records)('come back as they were written: $kind', (record) => {
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
  });

  it.each(records)('are read by readers older than a field that was added: $kind', (record) => {
    const later = Buffer.from(JSON.stringify({ ...record, addedLater: { deep: true } }));
    expect(decodeRecord(later)).toMatchObject(record);
  });

  it('of a kind added later are told apart from damage', () => {
    expect(decodeRecord(Buffer.from('{"kind":"farewell"}'))).toEqual({ kind: 'unknown' });
    expect(decodeRecord(Buffer.from('{"kind":"__proto__"}'))).toEqual({ kind: 'unknown' });
  });

  it.each(['', 'null', '[]', '7', '{', '{"kind":7}', '{"kind":"head"}', '{"kind":"probe","sender":"","nonce":1}'])(
    'that are damaged are unparsable, and never throw: %s',
    (text) => expect(decodeRecord(Buffer.from(text))).toEqual({ kind: 'unparsable' }),
  );

  it.each([
    { position: -2 }, { position: 1.5 }, { position: '7' }, { position: 2 ** 53 }, { covers: -2 }, { covers: undefined },
    { chainHash: CHAIN_HASH.toUpperCase() }, { chainHash: 'ab' }, { logId: '' }, { writer: 'x'.repeat(513) },
  ])('with a field out of range are unparsable: %j', (wrong) => {
    expect(decodeRecord(Buffer.from(JSON.stringify({ ...records[0], ...wrong })))).toEqual({ kind: 'unparsable' });
  }); // prettier-ignore
});
