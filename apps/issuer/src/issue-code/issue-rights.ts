import { Inject, Injectable } from '@nestjs/common';
import type { MasterKey, MasterKeyEvent } from '@openclaw/domain';
import { AggregateRepository, ApiError, type Principal } from '@openclaw/platform';
import { SubscriptionCheck } from '../manage-subscriptions/subscription-check';
import { MASTER_KEYS } from '../tokens';

/** Everything that must hold besides the code's own settings before one is issued. */
@Injectable()
export class IssueRights {
  constructor(
    @Inject(SubscriptionCheck) private readonly subscriptions: SubscriptionCheck,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
  ) {}

  /** Throws an `ApiError` unless this caller may issue for these scopes under this master key, which must be active. */
  async mayIssue(caller: Principal, scopes: readonly string[], masterKeyId: string): Promise<void> {
    await this.subscriptions.mayIssue(caller, scopes);
    const { state } = await this.masterKeys.load(masterKeyId);
    if (state.status === 'active') return;
    const problem =
      state.status === 'unregistered' ? 'there is no such master key' : `this master key is ${state.status}`;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'masterKeyId', problem, remedy: 'name an active master key' },
    ]);
  }
}
