import { Inject, Injectable } from '@nestjs/common';
import {
  type MasterKey, type MasterKeyEvent, type Subscription, type SubscriptionEvent, mayIssueFor,
} from '@openclaw/domain'; // prettier-ignore
import { AggregateRepository, ApiError, type Principal } from '@openclaw/platform';
import { MASTER_KEYS, SUBSCRIPTIONS } from '../tokens';

/**
 * What a code may be issued for: scopes that the caller's account is subscribed to (an admin may issue for all), and a
 * master key that works.
 */
@Injectable()
export class IssueRight {
  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
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

  /** Throws 400 when there is no such master key, or it is disabled or revoked. */
  async mustBeUsable(masterKeyId: string): Promise<void> {
    const { state } = await this.masterKeys.load(masterKeyId);
    if (state.status === 'active') return;
    const problem =
      state.status === 'unregistered' ? 'there is no such master key' : `this master key is ${state.status}`;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'masterKeyId', problem, remedy: 'name an active master key' },
    ]);
  }
}
