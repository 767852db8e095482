import type { Http2Connection } from '../http2/connection';
import { type RequestHead, fieldOf } from '../http2/request-head.parser';
import type { Http2Stream } from '../http2/stream';
import type { Deadlines, Timed } from './deadlines';
import type { HeldBytes } from '../http2/held-bytes';
import { type GrpcStatus, STATUS, statusBlock } from './status';
import { parseTimeout } from './timeout.parser';

/** A call as its handler sees it. */
export interface GrpcCall {
  /** Metadata of the call by its lower-case name; of several values the first. */
  header(name: string): string | undefined;
  /** The connection that the call came on, for what a handler wants to remember of it. */
  readonly connection: object;
  /** Names in the client's verified certificate, as Node writes them; undefined where there is none. */
  readonly subjectAltName: string | undefined;
  /** Cancelled, past its deadline, or answered: work that is not done yet is in vain. */
  readonly isOver: boolean;
  /** Aborts when the call is cancelled or past its deadline. */
  readonly signal: AbortSignal;
  /** The caller is known: its connection is among the last to be closed when there are too many. */
  vouch(): void;
}

/** What all calls of a server share. */
export interface CallParts {
  readonly deadlines: Deadlines;
  readonly held: HeldBytes;
  readonly messageBytesMax: number;
  /** How long a unary call may take, milliseconds, whatever its client allows. */
  readonly unaryMsMax: number;
  /** Any thrown thing as the status of its call. */
  readonly statusOf: (thrown: unknown) => GrpcStatus;
}

/** Where a call came from. */
export interface CallOrigin {
  readonly head: RequestHead;
  readonly connection: Http2Connection;
  readonly parts: CallParts;
}

const CANCELLED = 'the call is over';
const TOO_LATE: GrpcStatus = { code: STATUS.deadlineExceeded, details: 'the deadline has passed' };

/** The part of a call that unary ones and streams share: what the client said, the deadline, the end. */
export abstract class CallBase implements GrpcCall, Timed {
  readonly deadlineMs: number;
  readonly #head: RequestHead;
  #isOver = false;
  #hasHead = false;
  #controller: AbortController | undefined;

  readonly connection: Http2Connection;
  protected readonly parts: CallParts;

  constructor(
    protected readonly stream: Http2Stream,
    { head, connection, parts }: CallOrigin,
    msMax: number,
  ) {
    [this.#head, this.connection, this.parts] = [head, connection, parts];
    const asked = fieldOf(head.fields, 'grpc-timeout');
    const timeoutMs = asked === undefined ? undefined : parseTimeout(asked);
    this.deadlineMs = performance.now() + Math.min(timeoutMs ?? Number.POSITIVE_INFINITY, msMax);
    if (this.deadlineMs !== Number.POSITIVE_INFINITY) parts.deadlines.add(this);
  }

  header(name: string): string | undefined {
    return fieldOf(this.#head.fields, name);
  }

  get subjectAltName(): string | undefined {
    return this.connection.subjectAltName;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isOver) this.#controller.abort(new Error(CANCELLED));
    return this.#controller.signal;
  }

  vouch(): void {
    this.connection.isProven = true;
  }

  onDeadline(): void {
    this.endWith(TOO_LATE);
    this.cancelled();
  }

  /** The peer is gone. */
  onClose(): void {
    if (this.#finished()) this.cancelled();
  }

  /** Ends the call with this status; does nothing when it is over. */
  protected endWith(status: GrpcStatus): void {
    if (!this.#finished()) return;
    this.stream.end(statusBlock(status, !this.#hasHead));
  }

  /** Ends the call well; does nothing when it is over. */
  protected finish(end: () => void): void {
    if (this.#finished()) end();
  }

  protected begin(head: Buffer): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    this.stream.head(head);
  }

  protected cancelled(): void {
    this.#controller?.abort(new Error(CANCELLED));
  }

  /** Lets go of what the call holds. */
  protected abstract dropped(): void;

  /** True for the first who asks. */
  #finished(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.parts.deadlines.delete(this);
    this.dropped();
    return true;
  }
}

/** A message with its prefix, as it goes into DATA. */
export const framed = (message: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(5 + message.length);
  bytes[0] = 0;
  bytes.writeUInt32BE(message.length, 1);
  bytes.set(message, 5);
  return bytes;
};
