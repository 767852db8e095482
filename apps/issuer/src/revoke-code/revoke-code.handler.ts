import { Inject, Injectable } from '@nestjs/common';
import { type PairingCode, type PairingCodeEvent, decidePairingCode } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, type OperatorCall, commandContext } from '@openclaw/platform';
import { carryOut, shown } from '../carry-out';
import type { RevokeBody } from '../issue-code/issue-code.dto';
import { codeView } from '../show-codes/code.view';
import { CODES, FRESH_LOG } from '../tokens';
import { receiptAt } from './receipt.view';

/** Ends a code, for good, at whatever revision it is. */
@Injectable()
export class RevokeCodeHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>,
  ) {}

  /**
   * When this resolves, no validator allows a request that begins more than the freshness bound later; with `wait` all,
   * when every live validator has applied it, or it names who has not. Repeats are safe and answer the same.
   */
  async revoke(call: OperatorCall, codeId: string, { wait, ...body }: RevokeBody & { readonly wait: 'log' | 'all' }) {
    const context = commandContext(call, { operation: 'revoke-code', target: codeId, body });
    const target = { repository: this.codes, noun: 'pairing-code', id: codeId } as const;
    const carried = await carryOut(target, context, (state) =>
      decidePairingCode({ type: 'RevokeCode', meta: context.meta }, state),
    );
    const answer = shown(this.fresh, carried, codeView);
    return wait === 'all' ? { ...answer, receipt: await receiptAt(this.fresh, carried.position) } : answer;
  }
}
