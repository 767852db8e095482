import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { bitsOfIp, cidr, cidrs, ip, ipOfBits, printCidr, printIp, printMapped } from '../../testing';
import { type Cidr, allowListContains, allowListIsWithin, cidrContains, cidrIsWithin, parseCidr } from './cidr';
import { type IpAddress, parseIp } from './ip';

const WIDTH = { 4: 32, 6: 128 };
const bitsOf = (its: IpAddress): string => bitsOfIp(its).toString(2).padStart(WIDTH[its.family], '0');
const prefixBitsAgree = (block: Cidr, its: IpAddress): boolean =>
  block.family === its.family && bitsOf(its).startsWith(bitsOf(block).slice(0, block.prefix));

/** What Node itself thinks of it: an independent opinion. */
const nodeContains = (block: Cidr, its: IpAddress): boolean => {
  const list = new BlockList();
  list.addSubnet(printIp(block), block.prefix, block.family === 4 ? 'ipv4' : 'ipv6');
  return block.family === its.family && list.check(printIp(its), its.family === 4 ? 'ipv4' : 'ipv6');
};

/** First and last address of blocks, and those just outside: where a list changes its mind. */
const edges = (blocks: readonly Cidr[]): readonly IpAddress[] =>
  blocks.flatMap((block) => {
    const { family, prefix } = block;
    const bits = bitsOfIp(block);
    const last = bits + (1n << BigInt(WIDTH[family] - prefix)) - 1n;
    const inRange = (its: bigint): boolean => its >= 0n && its < 1n << BigInt(WIDTH[family]);
    return [bits - 1n, bits, last, last + 1n].filter(inRange).map((its) => ipOfBits(family, its));
  });

const v4 = ip.filter(({ family }) => family === 4);
const anyV4 = fc.bigInt(0n, 0xffff_ffffn).map((bits) => ipOfBits(4, bits));
const anyIp = fc.oneof(
  anyV4,
  fc.bigInt(0n, (1n << 128n) - 1n).filter((bits) => bits >> 32n !== 0xffffn).map((bits) => ipOfBits(6, bits)),
); // prettier-ignore

describe('laws of addresses and blocks', () => {
  it('a block contains an address exactly when the prefix bits agree', () => {
    fc.assert(
      fc.property(cidr, ip, (block, its) => {
        expect(cidrContains(block, its)).toBe(prefixBitsAgree(block, its));
        expect(cidrContains(block, its)).toBe(nodeContains(block, its));
      }),
      { numRuns: 1000 },
    );
  });

  it('a mapped address is in a block, mapped or not, exactly when its IPv4 address is', () => {
    const v4Block = cidr.filter(({ family }) => family === 4);
    fc.assert(
      fc.property(v4Block, v4, (block, its) => {
        const [mappedBlock, mapped] = [
          parseCidr(`${printMapped(block)}/${block.prefix + 96}`),
          parseIp(printMapped(its)),
        ];
        expect(mappedBlock).toEqual(block);
        expect(mapped).toEqual(its);
      }),
    );
  });

  it('print and parse are inverse, for addresses and for blocks', () => {
    fc.assert(fc.property(anyIp, (its) => expect(parseIp(printIp(its))).toEqual(its)));
    fc.assert(fc.property(cidr, (block) => expect(parseCidr(printCidr(block))).toEqual(block)));
  });

  it('is an address for us exactly when it is one for Node, zone ids apart', () => {
    const almost = fc.stringMatching(/^[0-9a-fA-F:.]{0,20}$/);
    const near = fc.tuple(
      anyIp.map(printIp),
      fc.nat(39),
      fc.constantFrom('', ':', '::', '.', '0', '%1', 'g', '::ffff:'),
    );
    const bent = near.map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1));
    const shortened = anyIp.map(printIp).map((text) => text.replace(/(^|:)0(:0)*(:|$)/, '::'));
    fc.assert(
      fc.property(fc.oneof(almost, bent, shortened, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        expect(parseIp(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { numRuns: 3000 },
    );
  });

  it('lying within is reflexive and transitive, and agrees with containing', () => {
    fc.assert(
      fc.property(cidr, cidr, cidr, (a, b, c) => {
        expect(cidrIsWithin(a, a)).toBe(true);
        if (cidrIsWithin(a, b) && cidrIsWithin(b, c)) expect(cidrIsWithin(a, c)).toBe(true);
        if (cidrIsWithin(a, b)) for (const its of edges([a]).filter((one) => cidrContains(a, one))) expect(cidrContains(b, its)).toBe(true);
      }),
      { numRuns: 1000 },
    ); // prettier-ignore
  });

  it('a list lies within another exactly when it allows no address that the other does not', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (inner, outer) => {
        const everywhere: IpAddress[] = [ipOfBits(4, 0n), ipOfBits(6, 0n)];
        const probes = [...everywhere, ...edges([...inner, ...outer])];
        const noneEscapes = probes.every((its) => !allowListContains(inner, its) || allowListContains(outer, its));
        // An empty list also allows what is no address at all, which no block does.
        const isUnbound = inner.length === 0 && outer.length > 0;
        expect(allowListIsWithin(inner, outer)).toBe(noneEscapes && !isUnbound);
      }),
      { numRuns: 2000 },
    ); // prettier-ignore
  });
});
