import type { Outbox } from './outbox';
import type { HeldBytes } from './held-bytes';
import { FLAG, FRAME, H2_ERROR, type H2Error } from './protocol';

/** Who answers a request. */
export interface StreamHandler {
  /** A piece of the body, `bytes[start..end)`, valid during the call only; `Stream.consumed` lets the peer send more. */
  onData(bytes: Buffer, start: number, end: number): void;
  /** The request is whole. */
  onEnd(): void;
  /** What waited was sent: more may be written. */
  onDrain(): void;
  /** The peer gave the request up, or its connection ended: nothing that is answered reaches anybody. */
  onClose(): void;
}

/** What a stream needs of its connection. */
export interface StreamHost {
  readonly outbox: Outbox;
  readonly held: HeldBytes;
  /** Bytes of DATA that the peer takes on the connection, and in one frame. */
  sendWindow: number;
  readonly frameSize: number;
  /** The stream has something to send and may not, or no longer has. */
  waits(stream: Http2Stream, isWaiting: boolean): void;
  /** The stream is over, on both sides. */
  closed(stream: Http2Stream): void;
  /** Neither the stream nor the work on it needs its place any more. */
  released(): void;
  answered(): void;
}

/** One request and its answer (RFC 9113 section 5.1); a server's side of it. */
export class Http2Stream {
  handler: StreamHandler | undefined;
  /** Bytes that we may send, and that the peer may send. */
  sendWindow: number;
  receiveWindow: number;
  /** Bytes of the body that are announced and have not come; negative: nothing was announced. */
  contentLeft = -1;
  hasRemoteEnded = false;
  /** On the server's clock; 0 while nothing waits. */
  waitingSinceMs = 0;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #trailers: Buffer | undefined;
  #unacknowledged = 0;
  #isClosed = false;
  #isWorking = false;

  constructor(
    readonly id: number,
    private readonly host: StreamHost,
    windows: { readonly send: number; readonly receive: number },
  ) {
    this.sendWindow = windows.send;
    this.receiveWindow = windows.receive;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Work was begun that goes on even when the peer gives up: it keeps the stream's place until `worked`. */
  working(): void {
    this.#isWorking = true;
  }

  worked(): void {
    if (!this.#isWorking) return;
    this.#isWorking = false;
    if (this.#isClosed) this.host.released();
  }

  /** A whole answer: head, body, trailers. */
  answer(head: Buffer, body: Buffer, trailers: Buffer): void {
    this.head(head);
    this.data(body);
    this.end(trailers);
  }

  head(block: Buffer): void {
    if (!this.#isClosed) this.host.outbox.put(FRAME.headers, FLAG.endHeaders, this.id, block);
  }

  /** Sends a piece of the body, or keeps it until the peer's window allows; false: wait for `onDrain` with the next. */
  data(bytes: Buffer): boolean {
    if (this.#isClosed) return true;
    const { host } = this;
    const fits = bytes.length <= this.sendWindow && bytes.length <= host.sendWindow && bytes.length <= host.frameSize;
    if (this.#queue.length === 0 && fits) {
      this.#send(bytes);
      return true;
    }
    if (!host.held.take(bytes.length)) {
      this.reset(H2_ERROR.enhanceYourCalm);
      return true;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    host.waits(this, true);
    this.pump();
    return this.#queue.length === 0;
  }

  /** The last that is said; without trailers, when it is empty. */
  end(trailers: Buffer): void {
    if (this.#isClosed) return;
    this.#trailers = trailers;
    if (this.#queue.length === 0) this.#finish(trailers);
  }

  /** Sends what the windows allow by now. True: something was sent. */
  pump(): boolean {
    const before = this.#queuedBytes;
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const allowed = Math.min(this.sendWindow, this.host.sendWindow, this.host.frameSize);
      if (allowed <= 0 && first.length > 0) break;
      const piece = first.length <= allowed ? first : first.subarray(0, allowed);
      this.#send(piece);
      if (piece === first) this.#queue.shift();
      else this.#queue[0] = first.subarray(allowed);
      this.#queuedBytes -= piece.length;
    }
    this.host.held.give(before - this.#queuedBytes);
    if (before > 0 && this.#queue.length === 0) this.#drained();
    return this.#queuedBytes < before;
  }

  /** The handler has done with so many bytes of the body: the peer may send as many more. */
  consumed(bytes: number): void {
    this.#unacknowledged += bytes;
    // An increment of 0 is an error (RFC 9113 section 6.9), also when the window is used up to the last byte.
    if (this.#unacknowledged === 0 || this.#unacknowledged < this.receiveWindow) return;
    if (this.hasRemoteEnded || this.#isClosed) return;
    this.host.outbox.windowUpdate(this.id, this.#unacknowledged);
    this.receiveWindow += this.#unacknowledged;
    this.#unacknowledged = 0;
  }

  /** Ends the stream without an answer. */
  reset(code: H2Error): void {
    if (this.#isClosed) return;
    this.host.outbox.reset(this.id, code);
    this.close(true);
  }

  /** The stream is over; `isAborted`: other than by its whole answer. */
  close(isAborted: boolean): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#queue.length > 0) {
      this.host.held.give(this.#queuedBytes);
      this.#queue = [];
      this.host.waits(this, false);
    }
    this.host.closed(this);
    if (!this.#isWorking) this.host.released();
    if (isAborted) this.handler?.onClose();
  }

  #send(bytes: Buffer): void {
    this.host.outbox.put(FRAME.data, 0, this.id, bytes);
    this.sendWindow -= bytes.length;
    this.host.sendWindow -= bytes.length;
  }

  #drained(): void {
    this.host.waits(this, false);
    if (this.#trailers === undefined) this.handler?.onDrain();
    else this.#finish(this.#trailers);
  }

  #finish(trailers: Buffer): void {
    const type = trailers.length > 0 ? FRAME.headers : FRAME.data;
    const flags = trailers.length > 0 ? FLAG.endHeaders | FLAG.endStream : FLAG.endStream;
    this.host.outbox.put(type, flags, this.id, trailers);
    // The rest of a request that was answered early is not wanted (RFC 9113 section 8.1).
    if (!this.hasRemoteEnded) this.host.outbox.reset(this.id, H2_ERROR.noError);
    this.host.answered();
    this.close(false);
  }
}
