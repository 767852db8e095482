/**
 * An IP address as its groups of 16 bits, the first being the highest: two of IPv4, eight of IPv6 (RFC 4291 section 2.2).
 * An IPv4-mapped IPv6 address is its IPv4 one.
 */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly groups: readonly number[];
}

/** `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255` */
const TEXT_MAX = 45;
const GROUP = /^[0-9a-fA-F]{1,4}$/;
/** `0` */
const ZERO = 48;

/**
 * Parses a textual address strictly: no leading zeros (octal to some), no zone id, no port, no brackets. RFC 4291
 * section 2.2; `::ffff:a.b.c.d` becomes a.b.c.d, so that an IPv4 rule cannot be walked round. Undefined = not one.
 */
export const parseIp = (text: string): IpAddress | undefined => {
  if (text.length > TEXT_MAX) return undefined;
  const groups = text.includes(':') ? parseV6(text) : parseV4(text);
  if (groups === undefined) return undefined;
  return groups.length === 2 ? { family: 4, groups } : unmapped(groups);
};

const unmapped = (groups: readonly number[]): IpAddress => {
  const isMapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isMapped ? { family: 4, groups: groups.slice(6) } : { family: 6, groups };
};

/** Without a copy of any part: every use of a code with an allow-list comes by here. */
const parseV4 = (text: string): number[] | undefined => {
  let bits = 0;
  let from = 0;
  for (let octets = 1; octets <= 4; octets += 1) {
    const to = octets < 4 ? text.indexOf('.', from) : text.length;
    const octet = octetBetween(text, from, to);
    if (octet === undefined) return undefined;
    bits = bits * 256 + octet;
    from = to + 1;
  }
  return [bits >>> 16, bits & 0xffff];
};

/** A number from 0 to 255 without leading zeros. */
const octetBetween = (text: string, from: number, to: number): number | undefined => {
  const digits = to - from;
  if (digits < 1 || digits > 3) return undefined;
  let octet = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    octet = octet * 10 + digit;
  }
  const hasLeadingZero = digits > 1 && text.charCodeAt(from) === ZERO;
  return octet > 255 || hasLeadingZero ? undefined : octet;
};

const parseV6 = (text: string): number[] | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const isWhole = halves.length === 1;
  const [head, tail] = [groupsOf(halves[0] ?? '', isWhole), groupsOf(halves[1] ?? '', true)];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (isWhole ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
};

/** The 16-bit groups of one half; the last may be written as an IPv4 address where `mayEndInV4`. */
const groupsOf = (text: string, mayEndInV4: boolean): number[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [index, part] of parts.entries()) {
    const v4 = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 !== undefined) groups.push(...v4);
    else if (GROUP.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
};
