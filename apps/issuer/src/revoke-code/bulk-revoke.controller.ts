import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import {
  AggregateRepository, type AuthenticatedRequest, type CommandContext, asApiError, commandContext, parseBody, Needs } from '@openclaw/platform'; // prettier-ignore
import { carryOut } from '../carry-out';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { type CodeFilter, meets } from '../list-codes/code-filter';
import { CODES } from '../tokens';
import { bulkRevokeBody } from './bulk-revoke.dto';

/** Appends in hand at once: the log batches them, and one caller cannot fill it. */
const AT_ONCE = 32;

/**
 * `POST /v1/codes/bulk-revoke`: revokes every code that meets all selectors, each by its own event, and says per code
 * what happened: one that fails does not spare the others. A retry revokes what is left, and answers for all again.
 */
@Controller('v1/codes/bulk-revoke')
export class BulkRevokeController {
  constructor(
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    private readonly view: LifecycleView,
  ) {}

  @Post()
  @Needs('code:revoke')
  @HttpCode(200)
  async revoke(@Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(bulkRevokeBody, raw);
    const { reason, ...selectors } = body;
    const context = commandContext(request, body, reason);
    await this.view.upToDate();
    const ids = this.#matching(selectors);
    const results = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const batch = ids.slice(start, start + AT_ONCE);
      results.push(...(await Promise.all(batch.map((codeId) => this.#revoke(codeId, context)))));
    }
    // A code of a newer schema may match; validators do not answer for it meanwhile, and its id is named here.
    return { results, notUnderstood: this.view.codes.notUnderstood() };
  }

  #matching(filter: CodeFilter): string[] {
    return [...this.view.codes.rows()]
      .filter(({ state }) => state.status !== 'unissued' && meets(filter, state, 0))
      .map(({ id }) => id);
  }

  async #revoke(codeId: string, context: CommandContext) {
    try {
      const { outcome } = await carryOut(
        { repository: this.codes, noun: 'pairing-code', id: codeId },
        context,
        (state) => decidePairingCode({ type: 'RevokeCode', meta: context.meta }, state),
      );
      return { codeId, outcome: outcome === 'appended' ? 'revoked' : 'already-revoked' };
    } catch (error) {
      return { codeId, outcome: 'failed', error: asApiError(error).code };
    }
  }
}
