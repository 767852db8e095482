import { type Server, type Socket, createServer } from 'node:net';
import { type TlsOptions, createServer as createTlsServer } from 'node:tls';
import { Http2Connection, type Serve } from './connection';
import { HeldBytes } from './held-bytes';
import { DEFAULT_LIMITS, type Http2Limits } from './limits';

export interface ListenerOptions {
  readonly serve: Serve;
  /** Certificate, key, and the authority of clients where they must have a certificate; undefined: plain text. */
  readonly tls: TlsOptions | undefined;
  readonly limits?: Partial<Http2Limits>;
}

const CHECK_MS = 1000;
const HANDSHAKE_MS = 10_000;
/** Connections that have not finished their TLS handshake; they are cheap to open and hold a socket each. */
const HANDSHAKES_MAX = 1024;

/** A port that speaks HTTP/2: with TLS by ALPN, without it with prior knowledge (RFC 9113 section 3). */
export class Http2Listener {
  readonly limits: Http2Limits;
  readonly held: HeldBytes;
  readonly #server: Server;
  readonly #connections = new Set<Http2Connection>();
  /** Peer -> its connection below TLS, until the handshake is over; oldest first. */
  readonly #handshakes = new Map<string, Socket>();
  readonly #checking: NodeJS.Timeout;
  #isClosing = false;
  #onLastClosed: (() => void) | undefined;

  constructor(private readonly options: ListenerOptions) {
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.held = new HeldBytes(this.limits.heldBytesMax);
    this.#server = options.tls === undefined ? this.#plain() : this.#secure(options.tls);
    this.#checking = setInterval(() => this.#check(), CHECK_MS).unref();
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Opens the port, 0 for a free one; resolves with the one taken. Rejects when it is taken. */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host, backlog: 1024 }, () => {
        this.#server.off('error', reject);
        const address = this.#server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new connections and calls, lets those in hand end, and after `graceMs` ends what is left. Safe to repeat. */
  async close(graceMs: number): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#checking);
    this.#server.close();
    for (const socket of this.#handshakes.values()) socket.destroy();
    const allClosed = new Promise<void>((resolve) => {
      this.#onLastClosed = resolve;
    });
    for (const connection of this.#connections) connection.leave();
    if (this.#connections.size === 0) return;
    const late = setTimeout(() => this.#destroyAll(), graceMs);
    await allClosed;
    clearTimeout(late);
  }

  #plain(): Server {
    return createServer({ noDelay: true }, (socket) => this.#welcome(socket));
  }

  #secure(tls: TlsOptions): Server {
    const server = createTlsServer({ ...tls, ALPNProtocols: ['h2'], handshakeTimeout: HANDSHAKE_MS }, (socket) => {
      this.#handshakes.delete(peerOf(socket));
      if (socket.alpnProtocol === 'h2') this.#welcome(socket);
      else socket.destroy();
    });
    server.on('connection', (raw: Socket) => this.#handshake(raw));
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  /** Keeps count of those that are not connections yet; the oldest make room. */
  #handshake(raw: Socket): void {
    const peer = peerOf(raw);
    this.#handshakes.set(peer, raw);
    raw.once('close', () => this.#handshakes.delete(peer));
    if (this.#handshakes.size <= HANDSHAKES_MAX) return;
    for (const oldest of this.#handshakes.values()) {
      oldest.destroy();
      break;
    }
  }

  #welcome(socket: Socket): void {
    if (this.#isClosing || (this.#connections.size >= this.limits.connectionsMax && !this.#makeRoom())) {
      socket.destroy();
      return;
    }
    const { limits, held } = this;
    const { serve } = this.options;
    const connection = new Http2Connection(socket, { limits, held, serve, nowMs: () => performance.now() });
    this.#connections.add(connection);
    socket.once('close', () => {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#onLastClosed?.();
    });
  }

  /**
   * Ends the connection that is missed least: of those where nobody was authenticated the one that has been still for
   * longest, else the same of those without a call. False: every connection is at work for a known caller.
   */
  #makeRoom(): boolean {
    let least: Http2Connection | undefined;
    for (const one of this.#connections) {
      if (one.isProven && !one.isIdle) continue;
      if (least === undefined || isMissedLess(one, least)) least = one;
    }
    if (least === undefined) return false;
    this.#connections.delete(least);
    least.destroy();
    return true;
  }

  #check(): void {
    const nowMs = performance.now();
    for (const connection of this.#connections) connection.check(nowMs);
  }

  #destroyAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}

const isMissedLess = (a: Http2Connection, b: Http2Connection): boolean =>
  a.isProven === b.isProven ? a.lastActiveMs < b.lastActiveMs : !a.isProven;

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket): string => `${remoteAddress} ${remotePort}`;
