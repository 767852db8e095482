import { join } from 'node:path';
import { expectGoldenJson } from '@openclaw/contracts/testing';
import { partitionOf } from './partitioner';

const KEYS = [
  '',
  'a',
  '123456789',
  'code_01',
  '203.0.113.7',
  '2001:db8::1',
  'Straße',
  '配对码',
  '\u{1F511}',
  'x'.repeat(255),
];

describe('partitioner', () => {
  it('never drifts: these keys lie in these partitions', () => {
    const vectors = KEYS.map((key) => ({
      key,
      ...Object.fromEntries([1, 3, 12, 50].map((n) => [n, partitionOf(key, n)])),
    }));
    expectGoldenJson(join(__dirname, '../golden/partitioner.json'), vectors);
  });

  it('is CRC-32 as anyone can compute it: the check value of "123456789" is 0xCBF43926', () => {
    expect(partitionOf('123456789', 2 ** 32)).toBe(0xcbf43926);
  });

  it('spreads ids evenly: no partition holds more than 10 % above its share of 12,000 ids', () => {
    const counts = Array.from({ length: 12 }, () => 0);
    for (let i = 0; i < 12_000; i += 1) {
      const partition = partitionOf(`code_${i.toString(36)}`, 12);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.max(...counts)).toBeLessThan(1100);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d partitions', (partitions) => {
    expect(() => partitionOf('a', partitions)).toThrow(RangeError);
  });
});
