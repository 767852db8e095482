import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Outbox } from './outbox';

export interface LinkParts {
  readonly nowMs: () => number;
  /** Bytes that the peer may leave unread before nothing more is read from it. */
  readonly unreadBytesMax: number;
  readonly onData: (chunk: Buffer) => void;
  /** The peer is gone; may be told more than once. */
  readonly onLost: () => void;
}

/** How long a peer that was told goodbye may take to read it. */
const LINGER_MS = 1000;

/** The socket of one connection: what is written leaves once a turn, and who does not read is not read from. */
export class Link {
  readonly outbox: Outbox;
  /** Since when the peer has not read what was written; 0 = it has. */
  unreadSinceMs = 0;
  #subjectAltName: string | undefined | null = null;

  constructor(
    private readonly socket: Socket,
    private readonly parts: LinkParts,
  ) {
    this.outbox = new Outbox((bytes) => this.#send(bytes));
    socket.setNoDelay(true);
    socket.on('data', parts.onData);
    socket.on('drain', () => this.#drained());
    socket.on('error', parts.onLost);
    socket.on('end', parts.onLost);
    socket.on('close', parts.onLost);
  }

  /** Names in the client's certificate, as Node writes them; undefined without TLS or without a verified one. */
  get subjectAltName(): string | undefined {
    if (this.#subjectAltName === null) {
      const { socket } = this;
      const isVerified = socket instanceof TLSSocket && socket.authorized;
      this.#subjectAltName = isVerified ? socket.getPeerCertificate().subjectaltname : undefined;
    }
    return this.#subjectAltName;
  }

  /** Says what is still to be said, then closes; a peer that does not close its side is closed. */
  finish(): void {
    this.outbox.flush();
    this.socket.end();
    this.socket.resume();
    setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** True when all of it has left. */
  #send(bytes: Buffer): boolean {
    const { socket, parts } = this;
    if (socket.destroyed || socket.writableEnded) return true;
    socket.write(bytes);
    const unread = socket.writableLength;
    if (unread === 0) return true;
    this.unreadSinceMs ||= parts.nowMs();
    if (unread > parts.unreadBytesMax) socket.pause();
    return false;
  }

  #drained(): void {
    this.unreadSinceMs = 0;
    if (this.socket.isPaused()) this.socket.resume();
  }
}
