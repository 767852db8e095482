import { Body, Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { type Pepper, generateCode, secretOf } from '@openclaw/contracts';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository,
  Needs,
  ApiError,
  type AuthenticatedRequest,
  commandContext,
  parseBody,
} from '@openclaw/platform';
import { carryOut, etag, positionToken } from '../carry-out';
import { codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG, PEPPER } from '../tokens';
import { issueCodeBody, settingsFrom } from './issue-code.dto';
import { IssueRights } from './issue-rights';

interface Answering {
  header(name: string, value: string): void;
  status(code: number): void;
}

/** `POST /v1/codes`: issues a code. The plain code is in this one answer and nowhere else. */
@Controller('v1/codes')
export class IssueCodeController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    @Inject(IssueRights) private readonly rights: IssueRights,
    @Inject(PEPPER) private readonly pepper: Pepper,
  ) {}

  @Post()
  @Needs('code:issue')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async issue(
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(issueCodeBody, raw);
    const context = commandContext(request, body, body.reason);
    await this.rights.mayIssue(request.principal, body.scopes, body.masterKeyId);
    const codeId = context.derivedId('pairing-code');
    const plainCode = generateCode();
    const secret = secretOf(plainCode, this.pepper);
    const settings = settingsFrom(body, context.meta.now);
    const carried = await carryOut({ repository: this.codes, noun: 'pairing-code', id: codeId }, context, (state) =>
      decidePairingCode({ type: 'IssueCode', meta: context.meta, codeId, settings, secret }, state),
    );
    if (carried.state.status === 'unissued') throw new ApiError('openclaw.internal.fault');
    response.header('ETag', etag(carried.revision));
    response.header('Location', `/v1/codes/${codeId}`);
    const answer = {
      ...codeView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
    if (carried.outcome === 'appended') return { code: plainCode, ...answer };
    // A retry after a lost answer: the secret is never replayed (ARCHITECTURE section 3). Rotate to get a new one.
    response.status(200);
    return { code: null, secretAvailable: false, rotate: `/v1/codes/${codeId}/rotate`, ...answer };
  }
}
