import { type DynamicModule, Module } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, FollowedAggregates, OperatorDirectory, adminRosterAggregate, operatorAggregate,
  subscriptionAggregate, targetServiceAggregate,
} from '@openclaw/platform'; // prettier-ignore
import type { Subscription, SubscriptionEvent, TargetService, TargetServiceEvent } from '@openclaw/domain';
import { DescribeServicesController } from './describe-services/describe-services.controller';
import { DescribeServicesGrpc } from './describe-services/describe-services.grpc';
import { DescribeServicesHandler } from './describe-services/describe-services.handler';
import type { IssuerConfig } from './issuer.config';
import { ManageOperatorsController } from './manage-operators/manage-operators.controller';
import { ManageOperatorsHandler } from './manage-operators/manage-operators.handler';
import { OperatorRegister } from './manage-operators/operator-register';
import { OperatorsGrpc } from './manage-operators/operators.grpc';
import { OwnAccessController } from './manage-operators/own-access.controller';
import { ShowOperatorsController } from './manage-operators/show-operators.controller';
import { ManageSubscriptionsController } from './manage-subscriptions/manage-subscriptions.controller';
import { ManageSubscriptionsGrpc } from './manage-subscriptions/manage-subscriptions.grpc';
import { ManageSubscriptionsHandler } from './manage-subscriptions/manage-subscriptions.handler';
import { Subscribable } from './manage-subscriptions/subscribable';
import { SubscriptionCheck } from './manage-subscriptions/subscription-check';
import {
  ADMIN_ROSTER, FRESH_LOG, OPERATORS, OPERATOR_TOKEN_HASH, SERVICES, SERVICE_LIST, SUBSCRIPTIONS, SUBSCRIPTION_LIST,
} from './tokens'; // prettier-ignore

/** What is kept in memory because its list is asked for. */
export interface AdministrationLists {
  readonly services: FollowedAggregates<TargetService, TargetServiceEvent>;
  readonly subscriptions: FollowedAggregates<Subscription, SubscriptionEvent>;
}

/** Follows services and subscriptions; resolves when both know everything up to now. Close with `stop`. */
export const openLists = async ({ log }: FreshLog): Promise<AdministrationLists & { stop(): Promise<void> }> => {
  const services = new FollowedAggregates(log, targetServiceAggregate);
  const subscriptions = new FollowedAggregates(log, subscriptionAggregate);
  const patience = new AbortController().signal;
  await Promise.all([services.ready(patience), subscriptions.ready(patience)]);
  const stop = async (): Promise<void> => void (await Promise.all([services.stop(), subscriptions.stop()]));
  return { services, subscriptions, stop };
};

export interface AdministrationParts {
  readonly fresh: FreshLog;
  readonly directory: OperatorDirectory;
  readonly lists: AdministrationLists;
}

export const ADMINISTRATION_REST = [
  OwnAccessController, // before those whose routes take `me` for an id
  ManageOperatorsController,
  ShowOperatorsController,
  DescribeServicesController,
  ManageSubscriptionsController,
];

/** Who may do what: operators, the catalogue of services, and what each account is subscribed to. */
@Module({})
export class AdministrationModule {
  static register(config: IssuerConfig, { fresh, directory, lists }: AdministrationParts): DynamicModule {
    const { log } = fresh;
    const { instance } = config;
    return {
      module: AdministrationModule,
      controllers: [...ADMINISTRATION_REST, OperatorsGrpc, DescribeServicesGrpc, ManageSubscriptionsGrpc],
      providers: [
        { provide: FRESH_LOG, useValue: fresh },
        { provide: OperatorDirectory, useValue: directory },
        { provide: OPERATOR_TOKEN_HASH, useValue: config.access.hashOf },
        { provide: OPERATORS, useValue: new AggregateRepository(log, operatorAggregate, instance) },
        { provide: ADMIN_ROSTER, useValue: new AggregateRepository(log, adminRosterAggregate, instance) },
        { provide: SERVICES, useValue: new AggregateRepository(log, targetServiceAggregate, instance) },
        { provide: SUBSCRIPTIONS, useValue: new AggregateRepository(log, subscriptionAggregate, instance) },
        { provide: SERVICE_LIST, useValue: lists.services },
        { provide: SUBSCRIPTION_LIST, useValue: lists.subscriptions },
        OperatorRegister,
        Subscribable,
        SubscriptionCheck,
        ManageOperatorsHandler,
        DescribeServicesHandler,
        ManageSubscriptionsHandler,
      ],
      exports: [SubscriptionCheck],
    };
  }
}
