import { Inject, Injectable } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, ApiError, type OperatorCall, commandContext } from '@openclaw/platform';
import { carryOut, mayHaveSeen, shown } from '../carry-out';
import { masterKeyView } from '../change-master-key/master-key.view';
import { MasterKeyValues } from '../keep-value/master-key-values';
import { valueGiven } from '../keep-value/value-given.dto';
import type { RotateMasterKeyBody } from '../register-master-key/register-master-key.dto';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';

/**
 * The provider gave the key another value; its codes do not notice. A pasted value lies under a name that belongs to
 * this command, so that a retry finds it and two rotations at once do not meet.
 */
@Injectable()
export class RotateMasterKeyHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(MasterKeyValues) private readonly values: MasterKeyValues,
  ) {}

  async rotate(call: OperatorCall, id: string, { secret: pasted, ...body }: RotateMasterKeyBody) {
    const given = valueGiven({ ...body, secret: pasted });
    const { state } = await this.masterKeys.load(id);
    // Before anything is kept: nobody would ever refer to it.
    if (state.status === 'unregistered') throw new ApiError('openclaw.master-key.not-found');
    if (state.status === 'revoked') throw new ApiError('openclaw.master-key.already-ended');
    const context = commandContext(call, { operation: 'rotate-master-key', target: id, body });
    const { meta } = context;
    const secret = await this.values.referTo(given, `master-key/${id}/${context.derivedId('value')}`);
    const expectedRevision = mayHaveSeen(call);
    const target = { repository: this.masterKeys, noun: 'master-key', id, expectedRevision } as const;
    const carried = await carryOut(target, context, (found) =>
      decideMasterKey({ type: 'RotateMasterKey', meta, secret }, found),
    );
    return shown(this.fresh, carried, masterKeyView);
  }
}
