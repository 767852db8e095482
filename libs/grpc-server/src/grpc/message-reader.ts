import type { HeldBytes } from '../http2/held-bytes';
import { type GrpcStatus, STATUS } from './status';

const PREFIX_BYTES = 5;

export interface MessageReaderOptions {
  /** Bytes of the largest message. */
  readonly messageBytesMax: number;
  readonly held: HeldBytes;
  /** `bytes` are valid during the call only. True: take no more for now. */
  readonly onMessage: (bytes: Buffer) => boolean;
}

/** Cuts a body into gRPC's length-prefixed messages. What is not whole yet is copied and counted against `HeldBytes`. */
export class MessageReader {
  #pieces: Buffer[] = [];
  #kept = 0;
  /** Bytes of the message at the front, with its prefix; 0 while the prefix is not whole. */
  #wanted = 0;

  constructor(private readonly options: MessageReaderOptions) {}

  /** Whether a message has begun and not ended, or waits to be taken. */
  get hasRest(): boolean {
    return this.#kept > 0;
  }

  /** Takes `bytes[start..end)`; with `isPaused` it is only kept. The status to end the call with, if it is at fault. */
  push(bytes: Buffer, start: number, end: number, isPaused = false): GrpcStatus | undefined {
    if (this.#kept > 0 || isPaused) {
      if (!this.#keep(bytes, start, end)) return EXHAUSTED;
      return isPaused ? undefined : this.resume();
    }
    return this.#read(bytes, start, end);
  }

  /** Goes on with what was kept. */
  resume(): GrpcStatus | undefined {
    if (this.#kept === 0 || this.#kept < this.#wanted) return undefined;
    const whole = Buffer.concat(this.#pieces);
    this.discard();
    return this.#read(whole, 0, whole.length);
  }

  /** Forgets what was kept; to be called when the call is over. */
  discard(): void {
    this.options.held.give(this.#kept);
    this.#pieces = [];
    this.#kept = 0;
    this.#wanted = 0;
  }

  #read(bytes: Buffer, start: number, end: number): GrpcStatus | undefined {
    let at = start;
    let isPaused = false;
    while (end - at >= PREFIX_BYTES) {
      const length = bytes.readUInt32BE(at + 1);
      const fault = this.#fault(bytes[at] ?? 0, length);
      if (fault !== undefined) return fault;
      const next = at + PREFIX_BYTES + length;
      this.#wanted = PREFIX_BYTES + length;
      if (isPaused || next > end) break;
      this.#wanted = 0;
      at += PREFIX_BYTES;
      isPaused = this.options.onMessage(bytes.subarray(at, next));
      at = next;
    }
    return at === end || this.#keep(bytes, at, end) ? undefined : EXHAUSTED;
  }

  #keep(bytes: Buffer, start: number, end: number): boolean {
    if (!this.options.held.take(end - start)) return false;
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    this.#kept += end - start;
    return true;
  }

  #fault(compressed: number, length: number): GrpcStatus | undefined {
    if (compressed === 1) return COMPRESSED;
    if (compressed !== 0) return { code: STATUS.internal, details: 'a message with an unknown flag' };
    const { messageBytesMax } = this.options;
    if (length <= messageBytesMax) return undefined;
    return { code: STATUS.resourceExhausted, details: `a message of ${length} bytes: at most ${messageBytesMax}` };
  }
}

const EXHAUSTED: GrpcStatus = { code: STATUS.resourceExhausted, details: 'too much is held for unfinished messages' };
/** Said as gRPC's compression document asks for: with what would be taken. */
const COMPRESSED: GrpcStatus = {
  code: STATUS.unimplemented,
  details: 'compressed messages are not taken',
  trailers: { 'grpc-accept-encoding': 'identity' },
};
