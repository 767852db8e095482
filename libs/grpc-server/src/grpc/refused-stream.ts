import { encodeHeaders } from '../hpack/encode-headers';
import { H2_ERROR } from '../http2/protocol';
import { type RequestHead, fieldOf } from '../http2/request-head.parser';
import type { Http2Stream, StreamHandler } from '../http2/stream';
import type { Deadlines, Timed } from './deadlines';
import { STATUS, statusBlock } from './status';

const CONTENT_TYPE = /^application\/grpc($|[+;])/;
const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;
const BODY = Buffer.from('This port speaks gRPC.\n');
const NOTHING = Buffer.alloc(0);
const REQUEST_MS_MAX = 30_000;

/** Whether it is a call of gRPC at all; if not, the status of HTTP to answer with (gRPC over HTTP/2, "Requests"). */
export const httpRefusal = ({ method, fields }: RequestHead): '405' | '415' | undefined => {
  if (method !== 'POST') return '405';
  return CONTENT_TYPE.test(fieldOf(fields, 'content-type') ?? '') ? undefined : '415';
};

/** There is no such method: said at once, because its client may wait for an answer before it goes on. */
export const refuseMethod = (stream: Http2Stream, path: string): StreamHandler => {
  stream.end(statusBlock({ code: STATUS.unimplemented, details: `there is no method ${path}` }, true));
  return IGNORE;
};

const IGNORE: StreamHandler = {
  onData: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onClose: () => undefined,
};

/** A request of somebody who speaks HTTP/2, but no gRPC: answered in words when it is whole. */
export class RefusedRequest implements StreamHandler, Timed {
  readonly deadlineMs = performance.now() + REQUEST_MS_MAX;

  constructor(
    private readonly stream: Http2Stream,
    private readonly refusal: { readonly status: '405' | '415'; readonly method: string },
    private readonly deadlines: Deadlines,
  ) {
    deadlines.add(this);
  }

  onData(_bytes: Buffer, start: number, end: number): void {
    this.stream.consumed(end - start);
  }

  onEnd(): void {
    this.deadlines.delete(this);
    const { status, method } = this.refusal;
    this.stream.answer(encodeHeaders([[':status', status], PLAIN]), method === 'HEAD' ? NOTHING : BODY, NOTHING);
  }

  onDrain(): void {
    // It was written as a whole.
  }

  onClose(): void {
    this.deadlines.delete(this);
  }

  onDeadline(): void {
    this.stream.reset(H2_ERROR.cancel);
  }
}
