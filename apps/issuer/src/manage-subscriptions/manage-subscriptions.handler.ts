import { Inject, Injectable } from '@nestjs/common';
import {
  type Subscription, type SubscriptionEvent, decideSubscription, withScopes, withoutScopes,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, type CommandContext, FollowedAggregates, type OperatorCall, commandContext,
} from '@openclaw/platform'; // prettier-ignore
import { carryOut, mayHaveSeen, shown } from '../carry-out';
import { FRESH_LOG, SUBSCRIPTIONS, SUBSCRIPTION_LIST } from '../tokens';
import { Subscribable } from './subscribable';
import type { ScopesBody, SubscriptionView } from './subscription.dto';

interface Change {
  readonly account: string;
  readonly expectedRevision: number | undefined;
  readonly listAfter: (before: readonly string[]) => readonly string[];
}

/** What each account may issue codes for. The account of an operator is its id. Retries are safe. */
@Injectable()
export class ManageSubscriptionsHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
    @Inject(SUBSCRIPTION_LIST) private readonly known: FollowedAggregates<Subscription, SubscriptionEvent>,
    @Inject(Subscribable) private readonly subscribable: Subscribable,
  ) {}

  list() {
    return { subscriptions: this.known.list().map(({ id, ...known }) => viewOf(id)(known)) };
  }

  async show(account: string): Promise<SubscriptionView> {
    const loaded = await this.subscriptions.load(account);
    if (loaded.revision === 0) await this.subscribable.mustBeKnown(account);
    return viewOf(account)(loaded);
  }

  /** Adds scopes that the catalogue offers; a wildcard for the service stands for all of them, also future ones. */
  async subscribe(call: OperatorCall, account: string, body: ScopesBody) {
    await this.subscribable.mustBeActive(account);
    await this.subscribable.mustBeOffered(body.scopes);
    const context = commandContext(call, { operation: 'subscribe', target: account, body });
    const listAfter = (before: readonly string[]): readonly string[] => withScopes(before, body.scopes);
    return this.#change(context, { account, expectedRevision: mayHaveSeen(call), listAfter });
  }

  /** Takes scopes away as they stand in the list. Codes that are out go on; revoke them by their own means. */
  unsubscribe(call: OperatorCall, account: string, body: ScopesBody) {
    const context = commandContext(call, { operation: 'unsubscribe', target: account, body });
    const listAfter = (before: readonly string[]): readonly string[] => withoutScopes(before, body.scopes);
    return this.#change(context, { account, expectedRevision: mayHaveSeen(call), listAfter });
  }

  async #change({ meta, envelope }: CommandContext, { account, expectedRevision, listAfter }: Change) {
    const target = { repository: this.subscriptions, noun: 'subscription', id: account, expectedRevision } as const;
    const carried = await carryOut(target, { envelope }, (state) =>
      decideSubscription({ type: 'ChangeSubscription', meta, account, scopes: listAfter(state.scopes) }, state),
    );
    return shown(this.fresh, carried, viewOf(account));
  }
}

const viewOf =
  (account: string) =>
  ({ state, revision }: { readonly state: Subscription; readonly revision: number }): SubscriptionView => ({
    account,
    scopes: [...state.scopes],
    revision,
  });
