import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf } from '../grpc/wire-values';
import { ManageSubscriptionsHandler } from './manage-subscriptions.handler';
import { type SubscriptionView, scopesBody } from './subscription.dto';

const written = ({
  position,
  ...subscription
}: SubscriptionView & { readonly position: string }): Outgoing<issuerV1.SubscribeResponse> => ({
  subscription,
  position,
});

/** Subscriptions over `AdministrationService`. */
@Controller()
export class ManageSubscriptionsGrpc {
  constructor(private readonly handler: ManageSubscriptionsHandler) {}

  @GrpcMethod('AdministrationService', 'ListSubscriptions')
  @Needs('subscription:read')
  list(): Outgoing<issuerV1.ListSubscriptionsResponse> {
    return this.handler.list();
  }

  @GrpcMethod('AdministrationService', 'GetSubscription')
  @Needs('subscription:read')
  async show(
    @Payload() { account }: issuerV1.GetSubscriptionRequest,
  ): Promise<Outgoing<issuerV1.GetSubscriptionResponse>> {
    return { subscription: await this.handler.show(account) };
  }

  @GrpcMethod('AdministrationService', 'Subscribe')
  @Needs('subscription:manage')
  async subscribe(@Payload() request: issuerV1.SubscribeRequest, @FromOperator() call: OperatorCall) {
    const { account, scopes, reason } = request;
    const body = parseBody(scopesBody, { scopes, reason: textOf(reason) });
    return written(await this.handler.subscribe(call, account, body));
  }

  @GrpcMethod('AdministrationService', 'Unsubscribe')
  @Needs('subscription:manage')
  async unsubscribe(@Payload() request: issuerV1.UnsubscribeRequest, @FromOperator() call: OperatorCall) {
    const { account, scopes, reason } = request;
    const body = parseBody(scopesBody, { scopes, reason: textOf(reason) });
    return written(await this.handler.unsubscribe(call, account, body));
  }
}
