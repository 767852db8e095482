import { Inject, Injectable } from '@nestjs/common';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import {
  AggregateRepository,
  type CommandContext,
  type OperatorCall,
  asApiError,
  commandContext,
} from '@openclaw/platform';
import { carryOut } from '../carry-out';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { type CodeFilter, meets } from '../list-codes/code-filter';
import { CODES } from '../tokens';
import type { BulkRevokeBody, BulkRevoked } from './bulk-revoke.dto';

/** Appends in hand at once: the log batches them, and one caller cannot fill it. */
const AT_ONCE = 32;

/**
 * Revokes every code that meets all selectors, each by its own event, and says per code what happened: one that fails
 * does not spare the others. A retry revokes what is left, and answers for all again.
 */
@Injectable()
export class BulkRevokeHandler {
  constructor(
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
    private readonly view: LifecycleView,
  ) {}

  async revoke(call: OperatorCall, body: BulkRevokeBody): Promise<BulkRevoked> {
    const { reason: _, ...selectors } = body;
    const context = commandContext(call, { operation: 'bulk-revoke', body });
    await this.view.upToDate();
    const ids = this.#matching(selectors);
    const results: BulkRevoked['results'] = [];
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const batch = ids.slice(start, start + AT_ONCE);
      results.push(...(await Promise.all(batch.map((codeId) => this.#revoke(codeId, context)))));
    }
    // A code of a newer schema may match; validators do not answer for it meanwhile, and its id is named here.
    return { results, notUnderstood: [...this.view.codes.notUnderstood()] };
  }

  #matching(filter: CodeFilter): string[] {
    return [...this.view.codes.rows()]
      .filter(({ state }) => state.status !== 'unissued' && meets(filter, state, { nowMs: 0 }))
      .map(({ id }) => id);
  }

  async #revoke(codeId: string, context: CommandContext): Promise<BulkRevoked['results'][number]> {
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
