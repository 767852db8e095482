import { Inject, Injectable } from '@nestjs/common';
import { type MasterKey, type MasterKeyCommand, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, type OperatorCall, commandContext } from '@openclaw/platform';
import { type Carried, carryOut, mayHaveSeen, shown } from '../carry-out';
import type { ReasonBody } from '../issue-code/issue-code.dto';
import { receiptAt } from '../revoke-code/receipt.view';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';
import { masterKeyView } from './master-key.view';

type Change = Exclude<MasterKeyCommand['type'], 'RegisterMasterKey' | 'RotateMasterKey'>;

/** Disables, enables and revokes a master key: every code under it follows at its next use. Retries are safe. */
@Injectable()
export class ChangeMasterKeyHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
  ) {}

  async disable(call: OperatorCall, id: string, body: ReasonBody) {
    return shown(this.fresh, await this.#change(call, id, body, 'DisableMasterKey'), masterKeyView);
  }

  async enable(call: OperatorCall, id: string, body: ReasonBody) {
    return shown(this.fresh, await this.#change(call, id, body, 'EnableMasterKey'), masterKeyView);
  }

  /** For good, at whatever revision it is; `wait` as for a code. */
  async revoke(call: OperatorCall, id: string, { wait, ...body }: ReasonBody & { readonly wait: 'log' | 'all' }) {
    const carried = await this.#change({ ...call, expectedRevision: 'any' }, id, body, 'RevokeMasterKey');
    const answer = shown(this.fresh, carried, masterKeyView);
    return wait === 'all' ? { ...answer, receipt: await receiptAt(this.fresh, carried.position) } : answer;
  }

  #change(call: OperatorCall, id: string, body: ReasonBody, type: Change): Promise<Carried<MasterKey>> {
    const context = commandContext(call, { operation: type, target: id, body });
    const expectedRevision = mayHaveSeen(call);
    const target = { repository: this.masterKeys, noun: 'master-key', id, expectedRevision } as const;
    return carryOut(target, context, (state) => decideMasterKey({ type, meta: context.meta }, state));
  }
}
