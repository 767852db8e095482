import { type Cidr, allowListContains, parseCidr, parseIp } from '@openclaw/domain';
import { z } from 'zod';

/** What is needed of a request to tell where it comes from. */
export interface RoutedRequest {
  /** As Express sees it: the nearest hop that is not one of the trusted proxies. */
  readonly ip?: string | undefined;
  readonly socket: { readonly remoteAddress?: string };
}

/**
 * Proxies whose `X-Forwarded-For` is believed, as addresses and CIDR blocks; nobody's by default. Express walks that
 * header from the right and stops at the first hop that is not in the list, so what a stranger writes there is never
 * reached. `Forwarded` (RFC 7239) is not read.
 */
export const trustedProxies = z
  .string()
  .default('')
  .transform((text, context): readonly string[] => {
    const blocks = text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]));
    const bad = blocks.findIndex((block) => parseCidr(block) === undefined);
    if (bad < 0) return blocks;
    context.addIssue({
      code: 'custom',
      message: `entry ${bad + 1} is no block: give such as 10.0.0.0/8,2001:db8::/32`,
    });
    return z.NEVER;
  });

/**
 * Where a request comes from, as an address in its shortest form and nothing else. What a trusted proxy wrote may carry
 * a port; when it is no address at all, the proxy's own address is the answer. Undefined: the connection is gone.
 */
export const clientIp = ({ ip, socket }: RoutedRequest): string | undefined => {
  const [told, peer] = [addressOf(ip), addressOf(socket.remoteAddress)];
  return told ?? peer;
};

/**
 * The same for a gRPC call: `peer` as grpc-js writes it (an address, a colon and a port), and the `x-forwarded-for` of
 * its metadata, read from the right as long as the hop before is trusted.
 */
export const forwardedIp = (
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly string[],
): string | undefined => {
  const blocks = trusted.flatMap((block) => parseCidr(block) ?? []);
  const hops = (forwardedFor ?? '').split(',').map((hop) => addressOf(hop.trim()));
  let nearest = addressOf(peer.replace(/:\d{1,5}$/, ''));
  for (const hop of hops.reverse()) {
    if (hop === undefined || !isIn(blocks, nearest)) break;
    nearest = hop;
  }
  return nearest;
};

const isIn = (blocks: readonly Cidr[], address: string | undefined): boolean => {
  const ip = parseIp(address ?? '');
  return ip !== undefined && blocks.length > 0 && allowListContains(blocks, ip);
};

const WITH_PORT = /^(?:\[([^\]]+)\]|([^:]+))(?::\d{1,5})?$/;

const addressOf = (text: string | undefined): string | undefined => {
  const found = WITH_PORT.exec(text ?? '');
  const address = found?.[1] ?? found?.[2] ?? text ?? '';
  return parseIp(address) === undefined ? undefined : address.replace(/^::ffff:(?=\d+\.)/i, '');
};
