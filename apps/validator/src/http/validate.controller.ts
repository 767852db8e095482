import { TLSSocket } from 'node:tls';
import { Body, Controller, Header, Headers, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type Outgoing, fromTimestamp, type validatorV1 } from '@openclaw/contracts';
import { trace } from '@opentelemetry/api';
import { ApiError, parseBody, traceparentOf } from '@openclaw/platform';
import { z } from 'zod';
import type { KnownCallers } from '../callers/known-callers';
import { CALLERS, VALIDATION_API } from '../tokens';
import type { ValidationApi } from '../validate-code/validation-api';

interface Request {
  readonly socket: unknown;
}

const text = z.string().max(4096).default('');

/** The members of `ValidateRequest`, by their JSON names; what is left out is empty, as in proto3. */
export const validateBody = z.strictObject({
  code: text,
  service: text,
  resource: text,
  action: text,
  sourceIp: text,
  endpoint: text,
  requestId: text,
  minPosition: text,
  traceparent: text,
});

/** `POST /v1/validate`: the same judgement as over gRPC, in JSON. 200 for a refused code, too: it is an answer. */
@Controller('v1/validate')
export class ValidateController {
  constructor(
    @Inject(VALIDATION_API) private readonly api: ValidationApi,
    @Inject(CALLERS) private readonly callers: KnownCallers,
  ) {}

  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async validate(
    @Headers('authorization') authorization: string | undefined,
    @Headers('traceparent') header: string | undefined,
    @Body() raw: unknown,
    @Req() { socket }: Request,
  ) {
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    const caller = this.callers.authenticate(authorization, certificate?.subjectaltname);
    if (caller === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    const body = parseBody(validateBody, raw);
    const ofCall = traceparentOf(trace.getActiveSpan()) ?? header ?? '';
    const traceparent = body.traceparent === '' ? ofCall : body.traceparent;
    return { decision: jsonOf(await this.api.validate({ ...body, traceparent }, body.minPosition, caller)) };
  }
}

/** The JSON form of proto3 writes a Timestamp as an RFC 3339 text. */
const jsonOf = (decision: Outgoing<validatorV1.Decision>): object => {
  const { expiresAt, remaining, ...plain } = decision;
  return {
    ...plain,
    ...instant('expiresAt', expiresAt),
    ...(remaining == null
      ? {}
      : {
          remaining: {
            ...(remaining.uses === undefined ? {} : { uses: remaining.uses }),
            ...(remaining.rate === undefined ? {} : { rate: remaining.rate }),
            ...instant('rateResetsAt', remaining.rateResetsAt),
            ...instant('idleEndsAt', remaining.idleEndsAt),
          },
        }),
  };
};

const instant = (name: string, at: Outgoing<validatorV1.Decision>['expiresAt']): object => {
  const ms = at == null ? undefined : fromTimestamp({ seconds: at.seconds ?? '0', nanos: at.nanos ?? 0 });
  return ms === undefined ? {} : { [name]: new Date(ms).toISOString() };
};
