import { Inject, Injectable } from '@nestjs/common';
import { type Subscription, type SubscriptionEvent, mayIssueFor } from '@openclaw/domain';
import { AggregateRepository, ApiError, type Principal } from '@openclaw/platform';
import { SUBSCRIPTIONS } from '../tokens';

/** Who may issue codes for which scopes: an admin for all, everybody else for what the own account is subscribed to. */
@Injectable()
export class IssueRight {
  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
  ) {}

  /** Throws 403 when the subscription of the caller does not cover the scopes, whole. */
  async mustCover({ operatorId, roles }: Principal, scopes: readonly string[]): Promise<void> {
    if (roles.includes('admin')) return;
    const { state } = await this.subscriptions.load(operatorId);
    if (mayIssueFor(state.scopes, scopes)) return;
    throw new ApiError('openclaw.caller.forbidden', [
      {
        field: 'scopes',
        problem: 'more than your account is subscribed to',
        remedy: `narrow them, or have an admin change /v1/subscriptions/${operatorId}`,
      },
    ]);
  }
}
