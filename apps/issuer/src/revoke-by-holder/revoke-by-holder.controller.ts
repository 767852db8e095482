import { Controller, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type Pepper, parseCode, secretOf } from '@openclaw/contracts';
import {
  type CodeSecret,
  type PairingCode,
  type PairingCodeEvent,
  type UnixMs,
  decidePairingCode,
} from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, ApiError, type CommandContext, GuessLimit, type OAuthRequest, type OperatorCall, Public, clientIp,
  commandContext, tokenForm,
} from '@openclaw/platform'; // prettier-ignore
import { carryOut } from '../carry-out';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { CODES, FRESH_LOG, PEPPER } from '../tokens';

type Request = OAuthRequest & Parameters<typeof clientIp>[0];

/** How long a code that is not known here is looked for on the log; then 503. */
const LOOK_MS = 2000;

type Decided = ReturnType<typeof decidePairingCode>;

/**
 * `POST /oauth/revoke` (RFC 7009): whoever holds a code may end it, for good, without any other right: the owner who is
 * done, a pipeline that cleans up, somebody who found it in a log. 200 also for what is no code, or none any more.
 */
@Public()
@Controller('oauth/revoke')
export class RevokeByHolderController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    @Inject(PEPPER) private readonly pepper: Pepper,
    private readonly view: LifecycleView,
  ) {}

  /** A code that nobody knows costs a write to the log's coordination: strangers may ask for few. */
  readonly #guesses = new GuessLimit();

  /** Answers when no validator allows a request that begins more than the freshness bound later; 503: repeat it. */
  @Post()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async revoke(@Req() request: Request): Promise<void> {
    const parsed = parseCode(tokenForm(request));
    if (!parsed.ok) return;
    const presented = secretOf(parsed.code, this.pepper);
    const codeId = await this.#codeIdOf(presented, request);
    if (codeId === undefined) return;
    const context = holdersContext(request, codeId);
    await carryOut({ repository: this.codes, noun: 'pairing-code', id: codeId }, context, (state): Decided =>
      counts(presented, state, context.meta.now)
        ? decidePairingCode({ type: 'RevokeCode', meta: context.meta }, state)
        : { ok: true, value: undefined },
    );
  }

  /** Undefined only when no issuer has ever given this secret to a code: another one may have, a moment ago. */
  async #codeIdOf(presented: CodeSecret, request: Request): Promise<string | undefined> {
    await this.view.upToDate();
    const known = this.view.secrets.codeIdOf(presented);
    if (known !== undefined) return known;
    const source = clientIp(request) ?? '';
    if (this.#guesses.refuses(source)) throw new ApiError('openclaw.caller.rate-limited');
    await this.fresh.log.barrier(AbortSignal.timeout(LOOK_MS)).catch(() => {
      throw new ApiError('openclaw.log.unavailable');
    });
    await this.view.upToDate();
    const found = this.view.secrets.codeIdOf(presented);
    if (found === undefined) this.#guesses.failed(source);
    return found;
  }
}

/** A secret that was rotated away and has outlived its grace ends nothing: it was rotated because others may have it. */
const counts = (presented: CodeSecret, state: PairingCode, now: UnixMs): boolean => {
  if (state.status === 'unissued') return false;
  const { secret, previous } = state;
  if (presented.codeHash === secret.codeHash) return true;
  return presented.codeHash === previous?.codeHash && now < previous.graceUntil;
};

/** On the log stands that the code itself was the proof. The body is a secret and stays out of it. */
const holdersContext = (request: Request, codeId: string): CommandContext => {
  const call: OperatorCall = {
    principal: { operatorId: `holder-of/${codeId}`, name: 'holder of the code', roles: [] },
    sourceIp: clientIp(request),
    idempotencyKey: undefined,
    expectedRevision: undefined,
    traceparent: request.headers['traceparent'],
    requestId: request.headers['x-request-id'],
  };
  const body = { reason: 'revoked by its holder (RFC 7009)' };
  const context = commandContext(call, { operation: 'revoke-by-holder', target: codeId, body });
  const { envelope } = context;
  return { ...context, envelope: { ...envelope, metadata: { ...envelope.metadata, authtype: 'pairing-code' } } };
};
