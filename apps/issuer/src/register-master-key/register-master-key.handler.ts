import { Inject, Injectable } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, type OperatorCall, commandContext } from '@openclaw/platform';
import { carryOut, shown } from '../carry-out';
import { masterKeyView } from '../change-master-key/master-key.view';
import { MasterKeyValues } from '../keep-value/master-key-values';
import { valueGiven } from '../keep-value/value-given.dto';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';
import type { RegisterMasterKeyBody } from './register-master-key.dto';

/** Registers a master key: the value goes to the secret store first, then the log learns of a reference to it. */
@Injectable()
export class RegisterMasterKeyHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(MasterKeyValues) private readonly values: MasterKeyValues,
  ) {}

  /** A retry with the same idempotency key, also after a crash between the two stores, meets its own value and key. */
  async register(call: OperatorCall, { secret: pasted, ...body }: RegisterMasterKeyBody) {
    const given = valueGiven({ ...body, secret: pasted });
    const context = commandContext(call, { operation: 'register-master-key', body });
    const { meta } = context;
    const masterKeyId = context.derivedId('master-key');
    const { label, provider } = body;
    const secret = await this.values.referTo(given, `master-key/${masterKeyId}`);
    const target = { repository: this.masterKeys, noun: 'master-key', id: masterKeyId } as const;
    const carried = await carryOut(target, context, (state) =>
      decideMasterKey({ type: 'RegisterMasterKey', meta, masterKeyId, label, provider, secret }, state),
    );
    return shown(this.fresh, carried, masterKeyView);
  }

  async show(masterKeyId: string) {
    return masterKeyView(await this.masterKeys.load(masterKeyId));
  }
}
