import type { GrpcCall } from '@openclaw/grpc-server';
import { ApiError } from '@openclaw/platform';
import type { Caller, KnownCallers } from '../callers/known-callers';

interface Known {
  readonly header: string | undefined;
  readonly caller: Caller;
}

/**
 * The caller of each call; throws `ApiError` for anybody else. Who was known by a header is known by the same header on
 * the same connection: the callers of a process never change, and the hash is the dearest part of a check after that
 * of the code.
 */
export class CallerOf {
  readonly #lastOn = new WeakMap<object, Known>();

  constructor(private readonly callers: KnownCallers) {}

  authenticated(call: GrpcCall): Caller {
    const header = call.header('authorization');
    const last = this.#lastOn.get(call.connection);
    if (last !== undefined && last.header === header) return last.caller;
    const caller = this.callers.authenticate(header, call.subjectAltName);
    if (caller === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    this.#lastOn.set(call.connection, { header, caller });
    call.vouch();
    return caller;
  }
}
