import { Body, Controller, HttpCode, Inject, Param, Post, Query, Req } from '@nestjs/common';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import type { FreshLog, Receipt } from '@openclaw/freshness';
import {
  AggregateRepository,
  Needs,
  ApiError,
  type AuthenticatedRequest,
  commandContext,
  parseBody,
} from '@openclaw/platform';
import { carryOut, positionToken } from '../carry-out';
import { revokeBody } from '../issue-code/issue-code.dto';
import { codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG } from '../tokens';

/**
 * `POST /v1/codes/{id}/revoke`: ends a code, for good. When this answers, no validator allows a request that begins
 * more than the freshness bound later; with `?wait=all` it answers when every live validator has applied it, or names
 * who has not.
 */
@Controller('v1/codes/:codeId/revoke')
export class RevokeCodeController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
  ) {}

  @Post()
  @Needs('code:revoke')
  @HttpCode(200)
  async revoke(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @Query('wait') wait: string | undefined,
    @Req() request: AuthenticatedRequest,
  ) {
    const body = parseBody(revokeBody, raw);
    if (wait !== undefined && wait !== 'all' && wait !== 'log') {
      throw new ApiError('openclaw.request.invalid', [
        { field: 'wait', problem: 'not a kind of wait', remedy: 'say all or log' },
      ]);
    }
    const context = commandContext(request, body, body.reason);
    const carried = await carryOut({ repository: this.codes, noun: 'pairing-code', id: codeId }, context, (state) =>
      decidePairingCode({ type: 'RevokeCode', meta: context.meta }, state),
    );
    if (carried.state.status === 'unissued') throw new ApiError('openclaw.internal.fault');
    const answer = {
      ...codeView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
    if (wait !== 'all') return answer;
    const signal = new AbortController().signal;
    return { ...answer, receipt: receiptView(await this.fresh.receipts.receipt(carried.position, signal)) };
  }
}

const receiptView = ({ complete, done, expired, missing }: Receipt) => ({ complete, done, expired, missing });
