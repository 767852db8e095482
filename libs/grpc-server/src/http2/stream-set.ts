import type { HeaderList } from '../hpack/header-decoder';
import { type HeaderBlock, unpadded } from './header-assembly';
import type { Frame } from './frame-splitter';
import type { Http2Limits } from './limits';
import { FLAG, H2_ERROR, type H2Error, WINDOW_MAX, ConnectionError } from './protocol';
import { type RequestHead, areFit, parseRequestHead } from './request-head.parser';
import { Http2Stream, type StreamHandler, type StreamHost } from './stream';

export interface StreamSetHost extends StreamHost {
  readonly limits: Http2Limits;
  readonly initialSendWindow: number;
  /** No stream is taken any more. */
  readonly isLeaving: boolean;
  /** Answers a request. */
  serve(stream: Http2Stream, head: RequestHead): StreamHandler;
  /** The peer does what is no use; throws when it has done so too often. */
  spend(): void;
  /** Bytes of DATA came, in whatever stream. */
  received(bytes: number): void;
}

/** Frames that have come on closed streams are told from those on skipped ones among this many streams. */
const CLOSED_REMEMBERED = 64;

/** The streams of one connection: opens, feeds and closes them by the rules of RFC 9113 sections 5 and 6. */
export class StreamSet {
  readonly #streams = new Map<number, Http2Stream>();
  readonly #recentlyClosed = new Uint32Array(CLOSED_REMEMBERED);
  #closedCount = 0;
  #parsedFrom: HeaderList | undefined;
  #parsed: RequestHead | undefined;
  /** Places that are taken: by open streams, and by work for streams that were given up. */
  taken = 0;
  lastId = 0;

  constructor(private readonly host: StreamSetHost) {}

  get size(): number {
    return this.#streams.size;
  }

  all(): Iterable<Http2Stream> {
    return this.#streams.values();
  }

  forget(stream: Http2Stream): void {
    this.#streams.delete(stream.id);
    this.#recentlyClosed[this.#closedCount++ % CLOSED_REMEMBERED] = stream.id;
  }

  /** A header block: a request, or the trailers of one. `list` is what it says. */
  headers({ stream: id, endStream, dependsOnItself }: HeaderBlock, list: HeaderList): void {
    const known = this.#streams.get(id);
    if (known !== undefined) {
      this.#trailers(known, endStream && areFit(list));
      return;
    }
    if (id % 2 === 0) throw new ConnectionError(H2_ERROR.protocol, 'a stream of ours was opened by the peer');
    if (id <= this.lastId) {
      const isClosed = this.#recentlyClosed.includes(id);
      throw new ConnectionError(isClosed ? H2_ERROR.streamClosed : H2_ERROR.protocol, 'a stream that is closed');
    }
    this.lastId = id;
    const head = this.#headOf(list);
    if (head === undefined || dependsOnItself) this.#refuse(id, H2_ERROR.protocol);
    else if (this.host.isLeaving || this.taken >= this.host.limits.streamsMax) {
      this.#refuse(id, H2_ERROR.refusedStream);
    } else this.#open(id, head, endStream);
  }

  data(frame: Frame): void {
    const { stream: id, flags } = frame;
    if (id === 0) throw new ConnectionError(H2_ERROR.protocol, 'DATA of no stream');
    const length = frame.end - frame.start;
    const { start, end } = unpadded(frame);
    this.host.received(length);
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.hasRemoteEnded) {
      this.#orClosed(id, 'DATA');
      if (stream === undefined) this.#refuse(id, H2_ERROR.streamClosed);
      else this.#fail(stream, H2_ERROR.streamClosed);
      return;
    }
    stream.receiveWindow -= length;
    if (stream.receiveWindow < 0) {
      this.#fail(stream, H2_ERROR.flowControl);
      return;
    }
    stream.consumed(length - (end - start));
    this.#feed(stream, frame.bytes, start, end);
    if ((flags & FLAG.endStream) !== 0) this.#remoteEnd(stream);
    else if (start === end) this.host.spend();
  }

  resetByPeer({ stream: id, start, end }: Frame): void {
    if (end - start !== 4) throw new ConnectionError(H2_ERROR.frameSize, 'RST_STREAM of a wrong length');
    this.#orClosed(id, 'RST_STREAM');
    this.host.spend();
    this.#streams.get(id)?.close(true);
  }

  /** WINDOW_UPDATE of a stream. */
  windowUpdate(id: number, increment: number): void {
    this.#orClosed(id, 'WINDOW_UPDATE');
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    if (increment === 0) this.#fail(stream, H2_ERROR.protocol);
    else if (stream.sendWindow + increment > WINDOW_MAX) this.#fail(stream, H2_ERROR.flowControl);
    else {
      stream.sendWindow += increment;
      stream.pump();
    }
  }

  /** The peer has changed the window that streams begin with (RFC 9113 section 6.9.2). */
  resizeWindows(change: number): void {
    for (const stream of this.#streams.values()) {
      stream.sendWindow += change;
      if (stream.sendWindow > WINDOW_MAX) throw new ConnectionError(H2_ERROR.flowControl, 'a window beyond 2^31 - 1');
      stream.pump();
    }
  }

  priority({ stream: id, bytes, start, end }: Frame): void {
    if (id === 0) throw new ConnectionError(H2_ERROR.protocol, 'PRIORITY of no stream');
    this.host.spend();
    const isSized = end - start === 5;
    if (isSized && (bytes.readInt32BE(start) & 0x7fff_ffff) !== id) return;
    this.#refuse(id, isSized ? H2_ERROR.protocol : H2_ERROR.frameSize);
  }

  /** Nobody will read an answer any more. */
  abandon(): void {
    for (const stream of [...this.#streams.values()]) stream.close(true);
  }

  #headOf(list: HeaderList): RequestHead | undefined {
    if (list !== this.#parsedFrom) [this.#parsedFrom, this.#parsed] = [list, parseRequestHead(list)];
    return this.#parsed;
  }

  #open(id: number, head: RequestHead, endStream: boolean): void {
    const { initialSendWindow: send, limits } = this.host;
    const stream = new Http2Stream(id, this.host, { send, receive: limits.streamWindow });
    stream.contentLeft = head.contentLength;
    stream.hasRemoteEnded = endStream;
    this.#streams.set(id, stream);
    this.taken += 1;
    if (endStream && head.contentLength > 0) this.#fail(stream, H2_ERROR.protocol);
    else {
      stream.handler = this.host.serve(stream, head);
      if (endStream && !stream.isClosed) stream.handler.onEnd();
    }
  }

  #trailers(stream: Http2Stream, isValid: boolean): void {
    if (stream.hasRemoteEnded) throw new ConnectionError(H2_ERROR.streamClosed, 'HEADERS after the end');
    if (isValid) this.#remoteEnd(stream);
    else this.#fail(stream, H2_ERROR.protocol);
  }

  #feed(stream: Http2Stream, bytes: Buffer, start: number, end: number): void {
    if (stream.contentLeft >= 0) {
      stream.contentLeft -= end - start;
      if (stream.contentLeft < 0) {
        this.#fail(stream, H2_ERROR.protocol);
        return;
      }
    }
    if (start < end) stream.handler?.onData(bytes, start, end);
  }

  #remoteEnd(stream: Http2Stream): void {
    if (stream.isClosed) return;
    stream.hasRemoteEnded = true;
    if (stream.contentLeft > 0) this.#fail(stream, H2_ERROR.protocol);
    else stream.handler?.onEnd();
  }

  /** Throws when the stream has never been opened. */
  #orClosed(id: number, what: string): void {
    const isIdle = id === 0 || id > this.lastId || id % 2 === 0;
    if (isIdle) throw new ConnectionError(H2_ERROR.protocol, `${what} of a stream that was not opened`);
  }

  /** A fault of the peer that costs it this stream; too many cost it the connection. */
  #fail(stream: Http2Stream, code: H2Error): void {
    this.host.spend();
    stream.reset(code);
  }

  #refuse(id: number, code: H2Error): void {
    this.host.spend();
    this.host.outbox.reset(id, code);
    this.#streams.get(id)?.close(true);
  }
}
