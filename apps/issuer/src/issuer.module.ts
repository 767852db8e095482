import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, HEALTH_CHECKS, HealthController, OperatorDirectory, logCheck, masterKeyAggregate, operatorAggregate,
  pairingCodeAggregate, subscriptionAggregate,
} from '@openclaw/platform'; // prettier-ignore
import type { SecretStore } from '@openclaw/secret-store';
import { ChangeCodeController } from './change-code/change-code.controller';
import { ChangeMasterKeyController } from './change-master-key/change-master-key.controller';
import { IssueRight } from './issue-code/issue-right';
import { IssueCodeController } from './issue-code/issue-code.controller';
import type { IssuerConfig } from './issuer.config';
import { LifecycleView } from './lifecycle/lifecycle-view';
import { ListCodesController } from './list-codes/list-codes.controller';
import { ListMasterKeysController } from './list-codes/list-master-keys.controller';
import { ManageOperatorsController } from './manage-operators/manage-operators.controller';
import { ManageSubscriptionsController } from './manage-subscriptions/manage-subscriptions.controller';
import { RegisterMasterKeyController } from './register-master-key/register-master-key.controller';
import { BulkRevokeController } from './revoke-code/bulk-revoke.controller';
import { RevokeCodeController } from './revoke-code/revoke-code.controller';
import { ShowCodeController } from './show-codes/show-code.controller';
import { CODES, FRESH_LOG, MASTER_KEYS, OPERATORS, PEPPER, SECRET_STORE, SUBSCRIPTIONS } from './tokens';

/** What was opened before the module and is closed with it, in this order. */
export interface IssuerParts {
  readonly fresh: FreshLog;
  readonly secrets: SecretStore;
  readonly directory: OperatorDirectory;
  readonly view: LifecycleView;
}

const READINESS_MS = 1000;

@Module({})
export class IssuerModule {
  static register(config: IssuerConfig, { fresh, secrets, directory, view }: IssuerParts): DynamicModule {
    const { log } = fresh;
    const secretsCheck = {
      name: 'secret-store',
      check: async () => {
        const answer = await secrets.readiness(READINESS_MS);
        return answer.ready ? undefined : answer.reason;
      },
    };
    const providers: Provider[] = [
      { provide: FRESH_LOG, useValue: fresh },
      { provide: SECRET_STORE, useValue: secrets },
      { provide: PEPPER, useValue: config.pepper },
      { provide: CODES, useValue: new AggregateRepository(log, pairingCodeAggregate, config.instance) },
      { provide: MASTER_KEYS, useValue: new AggregateRepository(log, masterKeyAggregate, config.instance) },
      { provide: OPERATORS, useValue: new AggregateRepository(log, operatorAggregate, config.instance) },
      { provide: SUBSCRIPTIONS, useValue: new AggregateRepository(log, subscriptionAggregate, config.instance) },
      IssueRight,
      { provide: OperatorDirectory, useValue: directory },
      { provide: LifecycleView, useValue: view },
      { provide: HEALTH_CHECKS, useValue: [logCheck(log), secretsCheck, view.check()] },
    ];
    return {
      module: IssuerModule,
      controllers: [
        HealthController,
        RegisterMasterKeyController,
        ChangeMasterKeyController,
        IssueCodeController,
        RevokeCodeController,
        BulkRevokeController,
        ChangeCodeController,
        ShowCodeController,
        ListCodesController,
        ListMasterKeysController,
        ManageOperatorsController,
        ManageSubscriptionsController,
      ],
      providers,
    };
  }
}
