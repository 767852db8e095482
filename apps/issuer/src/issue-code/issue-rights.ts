import { Inject, Injectable } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, mayDo } from '@openclaw/domain';
import { AggregateRepository, ApiError, type Principal } from '@openclaw/platform';
import { SubscriptionCheck } from '../manage-subscriptions/subscription-check';
import { MASTER_KEYS } from '../tokens';
import { GraceCheck } from './grace-check';

interface Wanted {
  readonly scopes: readonly string[];
  readonly masterKeyId: string;
  readonly freshnessBoundMs?: number | null | undefined;
}

/** Everything that must hold besides the code's own settings before one is issued or changed. */
@Injectable()
export class IssueRights {
  constructor(
    @Inject(SubscriptionCheck) private readonly subscriptions: SubscriptionCheck,
    @Inject(GraceCheck) private readonly grace: GraceCheck,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
  ) {}

  /** Throws an `ApiError` unless this caller may issue for these scopes under this master key, which must be active. */
  async mayIssue(caller: Principal, { scopes, masterKeyId, freshnessBoundMs }: Wanted): Promise<void> {
    this.grace.mayGrant(caller, freshnessBoundMs);
    await this.subscriptions.mayIssue(caller, scopes);
    const { state } = await this.masterKeys.load(masterKeyId);
    if (state.status === 'active') return;
    const problem =
      state.status === 'unregistered' ? 'there is no such master key' : `this master key is ${state.status}`;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'masterKeyId', problem, remedy: 'name an active master key' },
    ]);
  }

  /** Throws an `ApiError` unless this caller may be given a new secret of a code with these scopes. */
  mayRenew(caller: Principal, scopes: readonly string[]): Promise<void> {
    return this.subscriptions.mustCover(caller, scopes);
  }

  /**
   * Whether this caller may allow more than before; throws an `ApiError` for scopes beyond a subscription, and for grace.
   * Who may not widen only narrows, which needs nothing.
   */
  async mayUpdate(caller: Principal, { scopes, freshnessBoundMs }: Partial<Wanted>): Promise<boolean> {
    this.grace.mayGrant(caller, freshnessBoundMs);
    const mayWiden = mayDo(caller.roles, 'code:widen');
    if (mayWiden && scopes !== undefined) await this.subscriptions.mayIssue(caller, scopes);
    return mayWiden;
  }
}
