import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, HEALTH_CHECKS, OPENAPI_DOCUMENT, OpenApiController, openApiDocument, HealthController, OperatorDirectory, logCheck, masterKeyAggregate,
  pairingCodeAggregate,
} from '@openclaw/platform'; // prettier-ignore
import type { SecretStore } from '@openclaw/secret-store';
import { ADMINISTRATION_REST, type AdministrationLists, AdministrationModule } from './administration.module';
import { ChangeCodeController } from './change-code/change-code.controller';
import { ChangeCodeGrpc } from './change-code/change-code.grpc';
import { ChangeCodeHandler } from './change-code/change-code.handler';
import { ChangeMasterKeyController } from './change-master-key/change-master-key.controller';
import { ChangeMasterKeyGrpc } from './change-master-key/change-master-key.grpc';
import { ChangeMasterKeyHandler } from './change-master-key/change-master-key.handler';
import { DescribeOAuthController } from './describe-oauth/describe-oauth.controller';
import { DETECTION_REST, DetectionModule } from './detection.module';
import type { KnownAlerts } from './handle-alerts/known-alerts';
import { IssueCodeController } from './issue-code/issue-code.controller';
import { IssueCodeGrpc } from './issue-code/issue-code.grpc';
import { IssueCodeHandler } from './issue-code/issue-code.handler';
import { GraceCheck } from './issue-code/grace-check';
import { IssueRights } from './issue-code/issue-rights';
import { issuerApi } from './api/issuer.api';
import type { IssuerConfig } from './issuer.config';
import { MasterKeyValues } from './keep-value/master-key-values';
import { LifecycleView } from './lifecycle/lifecycle-view';
import { ListCodesController } from './list-codes/list-codes.controller';
import { ListCodesHandler } from './list-codes/list-codes.handler';
import { UsedCodes } from './list-codes/used-codes';
import { ListMasterKeysController } from './list-codes/list-master-keys.controller';
import { ListMasterKeysHandler } from './list-codes/list-master-keys.handler';
import { RegisterMasterKeyController } from './register-master-key/register-master-key.controller';
import { RegisterMasterKeyGrpc } from './register-master-key/register-master-key.grpc';
import { RegisterMasterKeyHandler } from './register-master-key/register-master-key.handler';
import { RevokeByHolderController } from './revoke-by-holder/revoke-by-holder.controller';
import { BulkRevokeController } from './revoke-code/bulk-revoke.controller';
import { BulkRevokeHandler } from './revoke-code/bulk-revoke.handler';
import { RevokeCodeController } from './revoke-code/revoke-code.controller';
import { RevokeCodeGrpc } from './revoke-code/revoke-code.grpc';
import { RevokeCodeHandler } from './revoke-code/revoke-code.handler';
import { ShowCodeController } from './show-codes/show-code.controller';
import { ShowCodeHandler } from './show-codes/show-code.handler';
import { ShowCodesGrpc } from './show-codes/show-codes.grpc';
import { RotateMasterKeyController } from './rotate-master-key/rotate-master-key.controller';
import { RotateMasterKeyGrpc } from './rotate-master-key/rotate-master-key.grpc';
import { RotateMasterKeyHandler } from './rotate-master-key/rotate-master-key.handler';
import { CODES, FRESHNESS_BOUNDS, FRESH_LOG, MASTER_KEYS, OAUTH, PEPPER, SECRET_STORE } from './tokens';

/** What was opened before the module and is closed with it, in this order. */
export interface IssuerParts {
  readonly fresh: FreshLog;
  readonly secrets: SecretStore;
  readonly directory: OperatorDirectory;
  readonly view: LifecycleView;
  readonly lists: AdministrationLists;
  readonly alerts: KnownAlerts;
  readonly usage: UsedCodes;
}

const READINESS_MS = 1000;

const REST = [
  HealthController,
  OpenApiController,
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
];
/** Described by their standards and by RFC 8414 metadata, not by OpenAPI: forms in, and errors of their own. */
const OAUTH_REST = [RevokeByHolderController, DescribeOAuthController];
const GRPC = [
  RegisterMasterKeyGrpc,
  ChangeMasterKeyGrpc,
  RotateMasterKeyGrpc,
  IssueCodeGrpc,
  RevokeCodeGrpc,
  ChangeCodeGrpc,
  ShowCodesGrpc,
];
const HANDLERS = [
  RegisterMasterKeyHandler,
  ChangeMasterKeyHandler,
  RotateMasterKeyHandler,
  IssueCodeHandler,
  RevokeCodeHandler,
  BulkRevokeHandler,
  ChangeCodeHandler,
  ShowCodeHandler,
  ListCodesHandler,
  ListMasterKeysHandler,
];

/** The OpenAPI document of everything that this module and its parts serve over REST. */
export const issuerDocument = (): object =>
  openApiDocument([...REST, ...ADMINISTRATION_REST, ...DETECTION_REST], issuerApi);

/** Master keys and codes, with a controller each for REST and gRPC over one handler; the rest is imported. */
@Module({})
export class IssuerModule {
  static register(config: IssuerConfig, parts: IssuerParts): DynamicModule {
    const { fresh, secrets, directory, view, lists, alerts, usage } = parts;
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
      { provide: FRESHNESS_BOUNDS, useValue: config },
      { provide: OAUTH, useValue: config.oauth },
      { provide: CODES, useValue: new AggregateRepository(log, pairingCodeAggregate, config.instance) },
      { provide: MASTER_KEYS, useValue: new AggregateRepository(log, masterKeyAggregate, config.instance) },
      { provide: OperatorDirectory, useValue: directory },
      { provide: LifecycleView, useValue: view },
      { provide: UsedCodes, useValue: usage },
      { provide: OPENAPI_DOCUMENT, useValue: issuerDocument() },
      { provide: HEALTH_CHECKS, useValue: [logCheck(log), secretsCheck, view.check()] },
      MasterKeyValues,
      IssueRights,
      GraceCheck,
      ...HANDLERS,
    ];
    return {
      module: IssuerModule,
      imports: [
        AdministrationModule.register(config, { fresh, directory, lists }),
        DetectionModule.register(config.instance, { fresh, directory, alerts }),
      ],
      controllers: [...REST, ...OAUTH_REST, ...GRPC],
      providers,
    };
  }
}
