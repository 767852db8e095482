import { ipOfBits } from '../../testing';
import { allowListContains, allowListIsWithin, cidrContains, parseCidr } from './cidr';
import { parseIp } from './ip';

const block = (text: string) => {
  const parsed = parseCidr(text);
  if (parsed === undefined) throw new Error(`${text} is no block`);
  return parsed;
};
const address = (text: string) => {
  const parsed = parseIp(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
};
const contains = (blockText: string, ipText: string): boolean => cidrContains(block(blockText), address(ipText));

describe('address', () => {
  it.each<[string, 4 | 6, bigint]>([
    ['0.0.0.0', 4, 0n],
    ['255.255.255.255', 4, 0xffff_ffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['1::', 6, 1n << 112n],
    ['1:2:3:4:5:6:7::', 6, 0x0001_0002_0003_0004_0005_0006_0007_0000n],
    ['2001:DB8::1', 6, (0x2001_0db8n << 96n) | 1n],
    ['64:ff9b::1.2.3.4', 6, (0x64_ff9bn << 96n) | 0x0102_0304n],
    ['::ffff:1.2.3.4', 4, 0x0102_0304n],
    ['::ffff:102:304', 4, 0x0102_0304n],
    ['0:0:0:0:0:FFFF:1.2.3.4', 4, 0x0102_0304n],
  ])('%s is IPv%d', (text, family, bits) => expect(parseIp(text)).toEqual(ipOfBits(family === 4 ? 4 : 6, bits)));

  it.each([
    ['octal', '010.0.0.1'],
    ['octal zeros', '0.0.0.00'],
    ['hexadecimal', '0x7f.0.0.1'],
    ['one number', '2130706433'],
    ['three numbers', '127.0.1'],
    ['five numbers', '1.2.3.4.5'],
    ['too large', '1.2.3.256'],
    ['negative', '1.2.3.-4'],
    ['a port', '1.2.3.4:80'],
    ['brackets', '[::1]'],
    ['a zone id', 'fe80::1%eth0'],
    ['a prefix', '::1/128'],
    ['two gaps', '1::2::3'],
    ['three colons', ':::'],
    ['one colon', ':'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['seven groups', '1:2:3:4:5:6:7'],
    ['a gap of nothing', '1:2:3:4::5:6:7:8'],
    ['five digits', '::12345'],
    ['IPv4 in the middle', '::1.2.3.4:5'],
    ['IPv4 before the gap', '1.2.3.4::'],
    ['white space', ' 1.2.3.4'],
    ['a line end', '1.2.3.4\n'],
    ['NUL', '1.2.3.4\u0000'],
    ['other digits', '١.٢.٣.٤'],
    ['full-width digits', '１.２.３.４'],
    ['nothing', ''],
    ['a megabyte', '1.'.repeat(500_000)],
  ])('is none: %s', (_, text) => expect(parseIp(text)).toBeUndefined());
});

describe('block', () => {
  it.each(['10.0.0.0/8', '0.0.0.0/0', '1.2.3.4/32', '1.2.3.4', '::/0', '2001:db8::/32', '::1/128', '::ffff:0:0/96'])(
    '%s is one',
    (text) => expect(parseCidr(text)).toBeDefined(),
  );

  it.each([
    ['bits behind the prefix', '10.0.0.1/8'],
    ['bits behind the prefix, IPv6', '2001:db8::1/32'],
    ['too long for IPv4', '10.0.0.0/33'],
    ['too long for IPv6', '::/129'],
    ['a leading zero', '10.0.0.0/08'],
    ['a sign', '10.0.0.0/+8'],
    ['no number', '10.0.0.0/'],
    ['a netmask', '10.0.0.0/255.0.0.0'],
    ['two prefixes', '10.0.0.0/8/8'],
    ['white space', '10.0.0.0/8 '],
    ['a mapped block that ends before its IPv4 part', '::ffff:0:0/95'],
    ['only a prefix', '/8'],
    ['nothing', ''],
  ])('is none: %s', (_, text) => expect(parseCidr(text)).toBeUndefined());

  it('an IPv4-mapped address is its IPv4 address on both sides, so no rule is walked round', () => {
    expect(contains('10.0.0.0/8', '::ffff:10.1.2.3')).toBe(true);
    expect(contains('::ffff:10.0.0.0/104', '10.1.2.3')).toBe(true);
    expect(contains('::ffff:10.0.0.0/104', '::ffff:a01:203')).toBe(true);
    expect(contains('::ffff:0:0/96', '203.0.113.9')).toBe(true);
    expect(contains('::/0', '::ffff:10.1.2.3')).toBe(false);
    expect(contains('0.0.0.0/0', '::1')).toBe(false);
  });

  it('/0 holds its whole family, and the full prefix one address', () => {
    expect(contains('0.0.0.0/0', '255.1.2.3')).toBe(true);
    expect(contains('::/0', 'ffff::')).toBe(true);
    expect(contains('1.2.3.4/32', '1.2.3.4')).toBe(true);
    expect(contains('1.2.3.4/32', '1.2.3.5')).toBe(false);
  });
});

describe('allow-list', () => {
  it('without a block binds to no network; with one it does', () => {
    expect(allowListContains([], address('1.2.3.4'))).toBe(true);
    expect(allowListContains([block('10.0.0.0/8')], address('1.2.3.4'))).toBe(false);
  });

  it('an empty list is wider than every other one', () => {
    const all = [block('0.0.0.0/0'), block('::/0')];
    expect(allowListIsWithin([], all)).toBe(false);
    expect(allowListIsWithin(all, [])).toBe(true);
    expect(allowListIsWithin([], [])).toBe(true);
  });

  it('two halves make up their block', () => {
    const halves = [block('10.0.0.0/9'), block('10.128.0.0/9')];
    expect(allowListIsWithin([block('10.0.0.0/8')], halves)).toBe(true);
    expect(allowListIsWithin([block('10.0.0.0/8')], halves.slice(0, 1))).toBe(false);
    expect(allowListIsWithin([block('::/0')], [block('0.0.0.0/0')])).toBe(false);
  });
});
