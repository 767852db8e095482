import type { Happened } from '../shared/command';

/** What an account may issue codes for, as a whole: one event sets the list, so that no two halves can disagree. */
export interface SubscriptionChanged {
  readonly type: 'SubscriptionChanged';
  readonly data: Happened & {
    readonly account: string;
    readonly before: readonly string[];
    readonly scopes: readonly string[];
  };
}

export type SubscriptionEvent = SubscriptionChanged;
