import { Body, Controller, Header, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { type Pepper, type PlainCode, generateCode, secretOf } from '@openclaw/contracts';
import {
  type CodeSecret, type PairingCode, type PairingCodeCommand, type PairingCodeEvent, decidePairingCode, mayDo, milliseconds,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository,
  Needs,
  ApiError,
  type AuthenticatedRequest,
  type CommandContext,
  type Principal,
  commandContext,
  parseBody,
} from '@openclaw/platform';
import { type Carried, carryOut, etag, positionToken, revisionOf } from '../carry-out';
import { changesFrom, reasonBody, rotateBody, updateCodeBody } from '../issue-code/issue-code.dto';
import { SubscriptionCheck } from '../manage-subscriptions/subscription-check';
import { codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG, PEPPER } from '../tokens';

interface Answering {
  header(name: string, value: string): void;
}

/** Changes of a living code: update, rotate, suspend, resume, reissue. */
@Controller('v1/codes/:codeId')
export class ChangeCodeController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    @Inject(PEPPER) private readonly pepper: Pepper,
    @Inject(SubscriptionCheck) private readonly subscriptions: SubscriptionCheck,
  ) {}

  @Patch()
  @Needs('code:change')
  async update(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(updateCodeBody, raw);
    const context = commandContext(request, body, body.reason);
    const mayWiden = mayDo(request.principal.roles, 'code:widen');
    if (mayWiden && body.scopes !== undefined) await this.subscriptions.mayIssue(request.principal, body.scopes);
    const expectedRevision = revisionOf(request.headers['if-match']);
    const carried = await this.#carry(
      codeId,
      context,
      { type: 'UpdateCode', meta: context.meta, changes: changesFrom(body), mayWiden },
      expectedRevision,
    );
    return this.#answer(carried, response);
  }

  @Post('rotate')
  @Needs('code:change')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotate(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(rotateBody, raw);
    const context = commandContext(request, body, body.reason);
    await this.#mustCover(codeId, request.principal);
    const { plain, secret } = this.#newSecret();
    const graceMs = milliseconds(body.graceSeconds * 1000);
    const carried = await this.#carry(codeId, context, { type: 'RotateCode', meta: context.meta, secret, graceMs });
    return { code: carried.outcome === 'appended' ? plain : null, ...this.#answer(carried, response) };
  }

  @Post('reissue')
  @Needs('code:change')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async reissue(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(reasonBody, raw);
    const context = commandContext(request, body, body.reason);
    await this.#mustCover(codeId, request.principal);
    const { plain, secret } = this.#newSecret();
    const carried = await this.#carry(codeId, context, { type: 'ReissueCode', meta: context.meta, secret });
    return { code: carried.outcome === 'appended' ? plain : null, ...this.#answer(carried, response) };
  }

  @Post('suspend')
  @Needs('code:suspend')
  @HttpCode(200)
  suspend(@Param('codeId') codeId: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    return this.#simple(codeId, raw, request, 'SuspendCode');
  }

  @Post('resume')
  @Needs('code:suspend')
  @HttpCode(200)
  resume(@Param('codeId') codeId: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    return this.#simple(codeId, raw, request, 'ResumeCode');
  }

  /** Whoever gets a code's new secret could as well have been issued the code. */
  async #mustCover(codeId: string, principal: Principal): Promise<void> {
    const { state } = await this.codes.load(codeId);
    if (state.status !== 'unissued') await this.subscriptions.mustCover(principal, state.settings.scopes);
  }

  async #simple(codeId: string, raw: unknown, request: AuthenticatedRequest, type: 'SuspendCode' | 'ResumeCode') {
    const body = parseBody(reasonBody, raw);
    const context = commandContext(request, body, body.reason);
    return this.#answer(await this.#carry(codeId, context, { type, meta: context.meta }));
  }

  #carry(
    codeId: string,
    context: CommandContext,
    command: PairingCodeCommand,
    expectedRevision?: number,
  ): Promise<Carried<PairingCode>> {
    const target = { repository: this.codes, noun: 'pairing-code', id: codeId, expectedRevision } as const;
    return carryOut(target, context, (state) => decidePairingCode(command, state));
  }

  #answer(carried: Carried<PairingCode>, response?: Answering) {
    if (carried.state.status === 'unissued') throw new ApiError('openclaw.internal.fault');
    response?.header('ETag', etag(carried.revision));
    return { ...codeView(carried.state, carried.revision), position: positionToken(this.fresh.log.logId, carried) };
  }

  #newSecret(): { readonly plain: PlainCode; readonly secret: CodeSecret } {
    const plain = generateCode();
    return { plain, secret: secretOf(plain, this.pepper) };
  }
}
