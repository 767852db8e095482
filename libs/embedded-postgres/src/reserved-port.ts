import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { hasCode } from './versioned-folder';

/** A TCP port that is ours until `release()`, also while nothing listens on it (a server that is being restarted). */
export interface ReservedPort {
  readonly port: number;
  readonly release: () => void;
}

/**
 * Below every default ephemeral range (Linux from 32768, others from 49152): no outgoing connection takes such a
 * port while its server is down, and none connects to itself.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 30_000;
const ATTEMPTS = 100;

/**
 * Reserves a free TCP port on a local address. The reservation is a UDP socket on the same number: the kernel makes
 * it exclusive among all that reserve this way, and drops it when we die, so nothing stale can be left.
 * An address that is not of this host (another network namespace) cannot be checked; a random port is returned.
 */
export async function reservePort(host: string): Promise<ReservedPort> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const reserved = await tryReserve(host, randomInt(FIRST_PORT, LAST_PORT));
    if (reserved) return reserved;
  }
  throw new Error(`no free port on ${host} in ${ATTEMPTS} attempts`);
}

async function tryReserve(host: string, port: number): Promise<ReservedPort | undefined> {
  const claim = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  try {
    claim.bind({ port, address: host, exclusive: true });
    await once(claim, 'listening');
    await listenOnce(host, port);
    claim.unref();
    return { port, release: onlyOnce(() => claim.close()) };
  } catch (error) {
    claim.close();
    return hasCode(error, 'EADDRNOTAVAIL') ? { port, release: () => undefined } : undefined;
  }
}

async function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

function onlyOnce(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
