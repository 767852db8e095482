import { BlockList, isIP } from 'node:net';

/** What a code was issued with, as its owner wrote it. */
export interface Issued {
  readonly code: string;
  readonly scopes: readonly string[];
  readonly ipAllowList: readonly string[];
}

export interface Asked {
  readonly code: string;
  readonly service: string;
  readonly resource: string;
  readonly action: string;
  readonly sourceIp: string;
}

/**
 * Says slowly and plainly what may be allowed, with nothing of the product: addresses by Node's own BlockList, scopes by
 * comparing words. A code may be used if it is exactly one of those issued, from one of its networks, for a scope of its.
 */
export const mayBeAllowed = (issued: readonly Issued[], asked: Asked): boolean =>
  issued.some(({ code, scopes, ipAllowList }) => {
    if (code !== asked.code) return false;
    const isNear = ipAllowList.length === 0 || ipAllowList.some((block) => contains(block, asked.sourceIp));
    return isNear && scopes.some((scope) => covers(scope, asked));
  });

const WORD = /^[A-Za-z0-9][A-Za-z0-9._\-/@+]{0,127}$/;

const covers = (scope: string, { service, resource, action }: Asked): boolean => {
  const asked = [service, resource, action];
  if (!asked.every((part) => WORD.test(part) && !part.includes('..'))) return false;
  const [a, b, c] = scope.split(':');
  return [a, b, c].every((part, i) => part === '*' || part === asked[i]);
};

const contains = (block: string, text: string): boolean => {
  const ip = plainAddress(text);
  if (ip === undefined) return false;
  const [network = '', prefix] = block.split('/');
  const family = isIP(network) === 4 ? 'ipv4' : 'ipv6';
  if (family !== ip.family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(prefix), family);
  return list.check(ip.address, family);
};

/** An IPv4-mapped address is the IPv4 address; a zone or anything else that is no address is none. */
const plainAddress = (text: string): { address: string; family: 'ipv4' | 'ipv6' } | undefined => {
  if (text.includes('%') || isIP(text) === 0) return undefined;
  if (isIP(text) === 4) return { address: text, family: 'ipv4' };
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  if (mapped === null) return { address: canonical, family: 'ipv6' };
  const [high, low] = [Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)];
  return { address: [high >> 8, high & 255, low >> 8, low & 255].join('.'), family: 'ipv4' };
};
