import type { Socket } from 'node:net';
import { BadHeaderBlock, HeaderDecoder } from '../hpack/header-decoder';
import { Allowance } from './allowance';
import { type Frame, FrameSplitter } from './frame-splitter';
import { HeaderAssembly, type HeaderBlock } from './header-assembly';
import type { HeldBytes } from './held-bytes';
import type { Http2Limits } from './limits';
import { Link } from './link';
import type { Outbox } from './outbox';
import { ConnectionError, FLAG, FRAME, H2_ERROR, type H2Error, INITIAL_WINDOW, WINDOW_MAX } from './protocol';
import type { RequestHead } from './request-head.parser';
import { INITIAL_SETTINGS, type PeerSettings, greeting, readSettings } from './settings';
import type { Http2Stream, StreamHandler } from './stream';
import { StreamSet, type StreamSetHost } from './stream-set';

/** Answers the requests of all connections. */
export type Serve = (stream: Http2Stream, head: RequestHead, connection: Http2Connection) => StreamHandler;

export interface ConnectionParts {
  readonly limits: Http2Limits;
  readonly held: HeldBytes;
  readonly serve: Serve;
  /** Milliseconds, of a clock that does not go back. */
  readonly nowMs: () => number;
}

/** Of RFC 9113's 24 bits: the header table that a decoder has unless it says otherwise. */
const HEADER_TABLE_BYTES = 4096;

/** One connection of a client, plain or over TLS. */
export class Http2Connection implements StreamSetHost {
  readonly limits: Http2Limits;
  readonly held: HeldBytes;
  readonly outbox: Outbox;
  sendWindow = INITIAL_WINDOW;
  /** A caller on it was authenticated: it is among the last to make room for others. */
  isProven = false;
  lastActiveMs: number;
  #peer: PeerSettings = INITIAL_SETTINGS;
  #hasSettings = false;
  #receiveWindow: number;
  #isLeaving = false;
  #isOver = false;
  /** Since when the peer owes us the rest of a frame or of a header block; 0 = it does not. */
  #owesSinceMs = 0;
  readonly #openedMs: number;
  readonly #splitter = new FrameSplitter((frame) => this.#frame(frame));
  readonly #decoder: HeaderDecoder;
  readonly #assembly: HeaderAssembly;
  readonly #allowance: Allowance;
  readonly #streams: StreamSet = new StreamSet(this);
  readonly #waiting = new Set<Http2Stream>();
  readonly #link: Link;

  constructor(
    socket: Socket,
    private readonly parts: ConnectionParts,
  ) {
    const { limits, held, nowMs } = parts;
    [this.limits, this.held] = [limits, held];
    this.#openedMs = nowMs();
    this.lastActiveMs = this.#openedMs;
    this.#receiveWindow = Math.max(INITIAL_WINDOW + 1, limits.connectionWindow);
    const listSizeMax = limits.headerListBytesMax;
    this.#decoder = new HeaderDecoder({ tableSize: HEADER_TABLE_BYTES, listSizeMax });
    this.#assembly = new HeaderAssembly(limits);
    this.#allowance = new Allowance(limits.idleFramesBurst, limits.idleFramesPerSecond, this.#openedMs);
    this.#link = new Link(socket, {
      nowMs,
      unreadBytesMax: limits.unreadBytesMax,
      onData: (chunk) => this.#take(chunk),
      onLost: () => this.#lost(),
    });
    this.outbox = this.#link.outbox;
    this.outbox.raw(greeting(limits));
  }

  get frameSize(): number {
    return this.#peer.frameSize;
  }

  get initialSendWindow(): number {
    return this.#peer.initialWindow;
  }

  get isLeaving(): boolean {
    return this.#isLeaving;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get isIdle(): boolean {
    return this.#streams.taken === 0;
  }

  /** Names in the client's certificate, as Node writes them; undefined without TLS or without a verified one. */
  get subjectAltName(): string | undefined {
    return this.#link.subjectAltName;
  }

  /** Takes no new streams, lets those in hand end, then closes. */
  leave(): void {
    if (this.#isLeaving || this.#isOver) return;
    this.#isLeaving = true;
    this.outbox.goAway(this.#streams.lastId, H2_ERROR.noError, '');
    if (this.isIdle) this.#finish();
  }

  /** Ends it now. */
  destroy(): void {
    this.#link.destroy();
    this.#lost();
  }

  /** Asks once a second whether the peer keeps its side; ends the connection when it does not. */
  check(nowMs: number): void {
    const { prefaceMs, stalledMs, idleMs } = this.limits;
    const isStalled = (sinceMs: number): boolean => sinceMs > 0 && nowMs - sinceMs > stalledMs;
    const isMute = !this.#hasSettings && nowMs - this.#openedMs > prefaceMs;
    if (isMute || isStalled(this.#owesSinceMs) || isStalled(this.#link.unreadSinceMs)) {
      this.destroy();
      return;
    }
    for (const stream of this.#waiting) if (isStalled(stream.waitingSinceMs)) stream.reset(H2_ERROR.cancel);
    if (this.isIdle && nowMs - this.lastActiveMs > idleMs) this.leave();
  }

  serve(stream: Http2Stream, head: RequestHead): StreamHandler {
    return this.parts.serve(stream, head, this);
  }

  spend(): void {
    if (this.#allowance.spend(this.parts.nowMs())) return;
    throw new ConnectionError(H2_ERROR.enhanceYourCalm, 'too much that is no request');
  }

  answered(): void {
    this.#allowance.earn();
  }

  waits(stream: Http2Stream, isWaiting: boolean): void {
    if (isWaiting === this.#waiting.has(stream)) return;
    stream.waitingSinceMs = isWaiting ? this.parts.nowMs() : 0;
    if (isWaiting) this.#waiting.add(stream);
    else this.#waiting.delete(stream);
  }

  closed(stream: Http2Stream): void {
    this.#streams.forget(stream);
  }

  released(): void {
    this.#streams.taken -= 1;
    if (this.#streams.taken > 0) return;
    this.lastActiveMs = this.parts.nowMs();
    if (this.#isLeaving && !this.#isOver) this.#finish();
  }

  /** All of it counts as read: what is kept of it is bounded by `HeldBytes`. */
  received(bytes: number): void {
    this.#receiveWindow -= bytes;
    if (this.#receiveWindow < 0) throw new ConnectionError(H2_ERROR.flowControl, 'more DATA than the window allows');
    const increment = this.limits.connectionWindow - this.#receiveWindow;
    if (increment < this.limits.connectionWindow / 2) return;
    this.outbox.windowUpdate(0, increment);
    this.#receiveWindow += increment;
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#splitter.push(chunk);
      const owes = this.#splitter.isWithinFrame || this.#assembly.isOpen;
      this.#owesSinceMs = owes ? this.#owesSinceMs || this.parts.nowMs() : 0;
    } catch (error) {
      if (error instanceof ConnectionError) this.#fail(error.code, error.message);
      else if (error instanceof BadHeaderBlock) this.#fail(H2_ERROR.compression, error.message);
      else this.#fail(H2_ERROR.internal, 'internal');
    }
  }

  #frame(frame: Frame): void {
    if (this.#isOver) return;
    const { type, flags } = frame;
    if (!this.#hasSettings && (type !== FRAME.settings || (flags & FLAG.ack) !== 0)) {
      throw new ConnectionError(H2_ERROR.protocol, 'the first frame is not SETTINGS');
    }
    if (this.#assembly.isOpen && type !== FRAME.continuation) {
      throw new ConnectionError(H2_ERROR.protocol, 'another frame within a header block');
    }
    if (type === FRAME.data) this.#streams.data(frame);
    else if (type === FRAME.headers) this.#headers(frame);
    else this.#control(frame);
  }

  #headers(frame: Frame): void {
    if (frame.stream === 0) throw new ConnectionError(H2_ERROR.protocol, 'HEADERS of no stream');
    this.#block(this.#assembly.headers(frame));
  }

  #block(block: HeaderBlock | undefined): void {
    if (block === undefined) return;
    this.#streams.headers(block, this.#decoder.decode(block.bytes, block.start, block.end));
  }

  #control(frame: Frame): void {
    switch (frame.type) {
      case FRAME.continuation:
        return this.#block(this.#assembly.continuation(frame));
      case FRAME.windowUpdate:
        return this.#windowUpdate(frame);
      case FRAME.rstStream:
        return this.#streams.resetByPeer(frame);
      case FRAME.settings:
        return this.#settings(frame);
      case FRAME.ping:
        return this.#ping(frame);
      case FRAME.priority:
        return this.#streams.priority(frame);
      case FRAME.goAway:
        return this.#goAway(frame);
      case FRAME.pushPromise:
        throw new ConnectionError(H2_ERROR.protocol, 'a client does not push');
      default:
        return this.spend(); // unknown: ignored (RFC 9113 section 4.1)
    }
  }

  #settings({ stream, flags, bytes, start, end }: Frame): void {
    if (stream !== 0) throw new ConnectionError(H2_ERROR.protocol, 'SETTINGS of a stream');
    if ((flags & FLAG.ack) !== 0) {
      if (start !== end) throw new ConnectionError(H2_ERROR.frameSize, 'SETTINGS acknowledged with a payload');
      return this.spend();
    }
    if (this.#hasSettings) this.spend();
    this.#hasSettings = true;
    const before = this.#peer.initialWindow;
    this.#peer = readSettings(bytes, start, end, this.#peer);
    this.outbox.frame(FRAME.settings, FLAG.ack, 0, 0);
    this.#streams.resizeWindows(this.#peer.initialWindow - before);
  }

  #ping({ stream, flags, bytes, start, end }: Frame): void {
    if (stream !== 0) throw new ConnectionError(H2_ERROR.protocol, 'PING of a stream');
    if (end - start !== 8) throw new ConnectionError(H2_ERROR.frameSize, 'PING of a wrong length');
    this.spend();
    if ((flags & FLAG.ack) === 0) this.outbox.put(FRAME.ping, FLAG.ack, 0, bytes.subarray(start, end));
  }

  #windowUpdate({ stream, bytes, start, end }: Frame): void {
    if (end - start !== 4) throw new ConnectionError(H2_ERROR.frameSize, 'WINDOW_UPDATE of a wrong length');
    this.spend();
    const increment = bytes.readUInt32BE(start) & WINDOW_MAX;
    if (stream !== 0) return this.#streams.windowUpdate(stream, increment);
    if (increment === 0) throw new ConnectionError(H2_ERROR.protocol, 'WINDOW_UPDATE of nothing');
    this.sendWindow += increment;
    if (this.sendWindow > WINDOW_MAX) throw new ConnectionError(H2_ERROR.flowControl, 'a window beyond 2^31 - 1');
    for (const waiting of [...this.#waiting]) {
      // Those that got something queue up behind the others.
      if (!waiting.pump() || !this.#waiting.delete(waiting)) continue;
      waiting.waitingSinceMs = this.parts.nowMs();
      this.#waiting.add(waiting);
    }
  }

  #goAway({ stream, start, end }: Frame): void {
    if (stream !== 0) throw new ConnectionError(H2_ERROR.protocol, 'GOAWAY of a stream');
    if (end - start < 8) throw new ConnectionError(H2_ERROR.frameSize, 'GOAWAY is too short');
    this.leave();
  }

  #fail(code: H2Error, reason: string): void {
    this.outbox.goAway(this.#streams.lastId, code, reason);
    this.#finish();
  }

  /** Says what is still to be said, then closes. */
  #finish(): void {
    this.#link.finish();
    this.#lost();
  }

  #lost(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#streams.abandon();
  }
}
