import { type IpAddress, parseIp } from './ip';

/** A block of addresses (RFC 4632): those that agree with it in the first `prefix` bits; the bits behind are zero. */
export interface Cidr extends IpAddress {
  readonly prefix: number;
}

const WIDTH = { 4: 32, 6: 128 } as const;
const GROUP_BITS = 16;
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
  if (prefix < 0 || prefix > WIDTH[ip.family]) return undefined;
  return ip.groups.every((group, index) => (group & ~prefixMask(prefix, index)) === 0) ? { ...ip, prefix } : undefined;
};

/** The bits of one group that lie within the prefix. */
const prefixMask = (prefix: number, index: number): number => {
  const behind = (index + 1) * GROUP_BITS - prefix;
  if (behind <= 0) return 0xffff;
  return behind >= GROUP_BITS ? 0 : (0xffff << behind) & 0xffff;
};

/** Is the address in the block? Families never mix (mapped addresses are IPv4 on both sides already). */
export const cidrContains = (block: Cidr, ip: IpAddress): boolean => {
  if (block.family !== ip.family) return false;
  for (let index = 0; index * GROUP_BITS < block.prefix; index += 1) {
    const differing = (block.groups[index] ?? 0) ^ (ip.groups[index] ?? 0);
    if ((differing & prefixMask(block.prefix, index)) !== 0) return false;
  }
  return true;
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

const halvesOf = ({ family, groups, prefix }: Cidr): readonly Cidr[] => {
  const at = Math.floor(prefix / GROUP_BITS);
  const bit = 1 << (GROUP_BITS - 1 - (prefix % GROUP_BITS));
  const upper = groups.map((group, index) => (index === at ? group | bit : group));
  return [groups, upper].map((start) => ({ family, groups: start, prefix: prefix + 1 }));
};
