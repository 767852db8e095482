/** An IP address as its bits: 4 or 6, and a number of 32 or 128 bits. An IPv4-mapped IPv6 address is its IPv4 one. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const TEXT_MAX = 45;
const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
const MAPPED_PREFIX = 0xffffn;

/**
 * Parses a textual address strictly: no leading zeros (octal to some), no zone id, no port, no brackets. RFC 4291
 * section 2.2; `::ffff:a.b.c.d` becomes a.b.c.d, so that an IPv4 rule cannot be walked round. Undefined = not one.
 */
export const parseIp = (text: string): IpAddress | undefined => {
  if (text.length > TEXT_MAX) return undefined;
  if (!text.includes(':')) {
    const bits = parseV4(text);
    return bits === undefined ? undefined : { family: 4, bits };
  }
  const bits = parseV6(text);
  return bits === undefined ? undefined : unmapped(bits);
};

const unmapped = (bits: bigint): IpAddress =>
  bits >> 32n === MAPPED_PREFIX ? { family: 4, bits: bits & 0xffff_ffffn } : { family: 6, bits };

const parseV4 = (text: string): bigint | undefined => {
  const octets = text.split('.');
  if (octets.length !== 4 || !octets.every((octet) => OCTET.test(octet) && Number(octet) <= 255)) return undefined;
  return octets.reduce((bits, octet) => (bits << 8n) | BigInt(octet), 0n);
};

const parseV6 = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const isWhole = halves.length === 1;
  const [head, tail] = [groupsOf(halves[0] ?? '', isWhole), groupsOf(halves[1] ?? '', true)];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (isWhole ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail];
  return groups.reduce((bits, group) => (bits << 16n) | group, 0n);
};

/** The 16-bit groups of one half; the last may be written as an IPv4 address where `mayEndInV4`. */
const groupsOf = (text: string, mayEndInV4: boolean): bigint[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [index, part] of parts.entries()) {
    const v4 = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (GROUP.test(part)) groups.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return groups;
};
