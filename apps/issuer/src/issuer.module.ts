import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, HEALTH_CHECKS, HealthController, OperatorDirectory, logCheck, masterKeyAggregate,
  pairingCodeAggregate,
} from '@openclaw/platform'; // prettier-ignore
import type { SecretStore } from '@openclaw/secret-store';
import { type AdministrationLists, AdministrationModule } from './administration.module';
import { ChangeCodeController } from './change-code/change-code.controller';
import { ChangeMasterKeyController } from './change-master-key/change-master-key.controller';
import { DetectionModule } from './detection.module';
import type { KnownAlerts } from './handle-alerts/known-alerts';
import { IssueCodeController } from './issue-code/issue-code.controller';
import { IssueRights } from './issue-code/issue-rights';
import type { IssuerConfig } from './issuer.config';
import { MasterKeyValues } from './keep-value/master-key-values';
import { LifecycleView } from './lifecycle/lifecycle-view';
import { ListCodesController } from './list-codes/list-codes.controller';
import { ListMasterKeysController } from './list-codes/list-master-keys.controller';
import { RegisterMasterKeyController } from './register-master-key/register-master-key.controller';
import { BulkRevokeController } from './revoke-code/bulk-revoke.controller';
import { RevokeCodeController } from './revoke-code/revoke-code.controller';
import { ShowCodeController } from './show-codes/show-code.controller';
import { RotateMasterKeyController } from './rotate-master-key/rotate-master-key.controller';
import { CODES, FRESH_LOG, MASTER_KEYS, PEPPER, SECRET_STORE } from './tokens';

/** What was opened before the module and is closed with it, in this order. */
export interface IssuerParts {
  readonly fresh: FreshLog;
  readonly secrets: SecretStore;
  readonly directory: OperatorDirectory;
  readonly view: LifecycleView;
  readonly lists: AdministrationLists;
  readonly alerts: KnownAlerts;
}

const READINESS_MS = 1000;

@Module({})
export class IssuerModule {
  static register(config: IssuerConfig, parts: IssuerParts): DynamicModule {
    const { fresh, secrets, directory, view, lists, alerts } = parts;
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
      MasterKeyValues,
      IssueRights,
      { provide: OperatorDirectory, useValue: directory },
      { provide: LifecycleView, useValue: view },
      { provide: HEALTH_CHECKS, useValue: [logCheck(log), secretsCheck, view.check()] },
    ];
    return {
      module: IssuerModule,
      imports: [
        AdministrationModule.register(config, { fresh, directory, lists }),
        DetectionModule.register(config.instance, { fresh, directory, alerts }),
      ],
      controllers: [
        HealthController,
        RegisterMasterKeyController,
        ChangeMasterKeyController,
        RotateMasterKeyController,
        IssueCodeController,
        RevokeCodeController,
        BulkRevokeController,
        ChangeCodeController,
        ShowCodeController,
        ListCodesController,
        ListMasterKeysController,
      ],
      providers,
    };
  }
}
