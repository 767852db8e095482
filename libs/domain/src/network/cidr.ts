import { type IpAddress, parseIp } from './ip';

/** A block of addresses (RFC 4632): those that agree with `bits` in the first `prefix` bits. */
export interface Cidr extends IpAddress {
  readonly prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
/** `::ffff:0:0/96` and narrower are IPv4 blocks written in IPv6. */
const MAPPED_BITS = 96;
const PREFIX = /^(0|[1-9]\d{0,2})$/;

/**
 * Parses `10.0.0.0/8`, `2001:db8::/32`, or a single address. Bits behind the prefix must be zero, because a rule that
 * says something else than it means is a mistake. An IPv4-mapped block becomes its IPv4 block. Undefined = not one.
 * `::/0` is every IPv6 address and no IPv4 one: who means both writes both.
 */
export const parseCidr = (text: string): Cidr | undefined => {
  const [address = '', suffix, ...rest] = text.split('/', 3);
  const ip = parseIp(address);
  if (ip === undefined || rest.length > 0) return undefined;
  if (suffix === undefined) return { ...ip, prefix: WIDTH[ip.family] };
  if (!PREFIX.test(suffix)) return undefined;
  const isMapped = ip.family === 4 && address.includes(':');
  return exactBlock(ip, Number(suffix) - (isMapped ? MAPPED_BITS : 0));
};

/** A mapped address with a prefix that ends before its IPv4 part has bits behind the prefix: no block either. */
const exactBlock = (ip: IpAddress, prefix: number): Cidr | undefined => {
  const width = WIDTH[ip.family];
  if (prefix < 0 || prefix > width) return undefined;
  const hostBits = BigInt(width - prefix);
  return (ip.bits >> hostBits) << hostBits === ip.bits ? { ...ip, prefix } : undefined;
};

/** Is the address in the block? Families never mix (mapped addresses are IPv4 on both sides already). */
export const cidrContains = (block: Cidr, ip: IpAddress): boolean => {
  if (block.family !== ip.family) return false;
  const hostBits = BigInt(WIDTH[block.family] - block.prefix);
  return ip.bits >> hostBits === block.bits >> hostBits;
};

/** Is every address of `inner` one of `outer`? */
export const cidrIsWithin = (inner: Cidr, outer: Cidr): boolean =>
  inner.prefix >= outer.prefix && cidrContains(outer, inner);

/** An empty list allows every address: a code without an allow-list is not bound to a network. */
export const allowListContains = (blocks: readonly Cidr[], ip: IpAddress): boolean =>
  blocks.length === 0 || blocks.some((block) => cidrContains(block, ip));

/** Does `inner` allow nothing that `outer` does not? Exact, also where several outer blocks make up an inner one. */
export const allowListIsWithin = (inner: readonly Cidr[], outer: readonly Cidr[]): boolean => {
  if (outer.length === 0) return true;
  return inner.length > 0 && inner.every((block) => isCovered(block, outer));
};

/** Halves the block as long as some outer block lies inside it: at most one path of 128 steps for each outer block. */
const isCovered = (block: Cidr, outer: readonly Cidr[]): boolean => {
  if (outer.some((other) => cidrIsWithin(block, other))) return true;
  const parts = outer.filter((other) => cidrIsWithin(other, block));
  return parts.length > 0 && halvesOf(block).every((half) => isCovered(half, parts));
};

const halvesOf = ({ family, bits, prefix }: Cidr): readonly Cidr[] => {
  const upper = bits | (1n << BigInt(WIDTH[family] - prefix - 1));
  return [bits, upper].map((start) => ({ family, bits: start, prefix: prefix + 1 }));
};
