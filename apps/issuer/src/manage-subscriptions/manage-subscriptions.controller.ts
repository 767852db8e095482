import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import {
  type Subscription, type SubscriptionEvent, decideSubscription, withScopes, withoutScopes,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, type AuthenticatedRequest, FollowedAggregates, Needs, commandContext, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';
import { carryOut, positionToken } from '../carry-out';
import { FRESH_LOG, SUBSCRIPTIONS, SUBSCRIPTION_LIST } from '../tokens';
import { Subscribable } from './subscribable';

const body = z.strictObject({
  scopes: z.array(z.string()).min(1, 'name at least one scope').max(100),
  reason: z.string().max(500).optional(),
});

/** What each account may issue codes for. The account of an operator is its id. */
@Controller('v1/subscriptions')
export class ManageSubscriptionsController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
    @Inject(SUBSCRIPTION_LIST) private readonly known: FollowedAggregates<Subscription, SubscriptionEvent>,
    @Inject(Subscribable) private readonly subscribable: Subscribable,
  ) {}

  @Get()
  @Needs('subscription:read')
  list() {
    return {
      subscriptions: this.known
        .list()
        .map(({ id, state, revision }) => ({ account: id, scopes: state.scopes, revision })),
    };
  }

  @Get(':account')
  @Needs('subscription:read')
  async show(@Param('account') account: string) {
    const { state, revision } = await this.subscriptions.load(account);
    if (revision === 0) await this.subscribable.mustBeActive(account);
    return { account, scopes: state.scopes, revision };
  }

  /** Adds scopes that the catalogue offers; a wildcard for the service stands for all of them, also future ones. */
  @Post(':account/subscribe')
  @Needs('subscription:manage')
  @HttpCode(200)
  async subscribe(@Param('account') account: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { scopes } = parseBody(body, raw);
    await this.subscribable.mustBeActive(account);
    await this.subscribable.mustBeOffered(scopes);
    return this.#change(account, raw, request, (before) => withScopes(before, scopes));
  }

  /** Takes scopes away as they stand in the list. Codes that are out go on; revoke them by their own means. */
  @Post(':account/unsubscribe')
  @Needs('subscription:manage')
  @HttpCode(200)
  unsubscribe(@Param('account') account: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { scopes } = parseBody(body, raw);
    return this.#change(account, raw, request, (before) => withoutScopes(before, scopes));
  }

  async #change(
    account: string,
    raw: unknown,
    request: AuthenticatedRequest,
    listAfter: (before: readonly string[]) => readonly string[],
  ) {
    const asked = parseBody(body, raw);
    const { meta, envelope } = commandContext(request, asked, asked.reason);
    const target = { repository: this.subscriptions, noun: 'subscription', id: account } as const;
    const carried = await carryOut(target, { envelope }, (state) =>
      decideSubscription({ type: 'ChangeSubscription', meta, account, scopes: listAfter(state.scopes) }, state),
    );
    const { state, revision } = carried;
    return { account, scopes: state.scopes, revision, position: positionToken(this.fresh.log.logId, carried) };
  }
}
