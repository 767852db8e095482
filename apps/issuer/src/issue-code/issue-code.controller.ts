import { Body, Controller, Header, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { type Pepper, generateCode, secretOf } from '@openclaw/contracts';
import {
  type MasterKey,
  type MasterKeyEvent,
  type PairingCode,
  type PairingCodeEvent,
  decidePairingCode,
} from '@openclaw/domain';
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
import { SubscriptionCheck } from '../manage-subscriptions/subscription-check';
import { codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG, MASTER_KEYS, PEPPER } from '../tokens';
import { issueCodeBody, settingsFrom } from './issue-code.dto';

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
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(PEPPER) private readonly pepper: Pepper,
    @Inject(SubscriptionCheck) private readonly subscriptions: SubscriptionCheck,
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
    await this.subscriptions.mayIssue(request.principal, body.scopes);
    await this.#mustBeUsable(body.masterKeyId);
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

  async #mustBeUsable(masterKeyId: string): Promise<void> {
    const { state } = await this.masterKeys.load(masterKeyId);
    if (state.status === 'active') return;
    const problem =
      state.status === 'unregistered' ? 'there is no such master key' : `this master key is ${state.status}`;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'masterKeyId', problem, remedy: 'name an active master key' },
    ]);
  }
}
