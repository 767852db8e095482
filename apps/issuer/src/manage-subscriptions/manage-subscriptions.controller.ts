import { Body, Controller, Get, Inject, Param, Put, Req } from '@nestjs/common';
import { type Subscription, type SubscriptionEvent, decideSubscription } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, Allow, type AuthenticatedRequest, commandContext, parseBody } from '@openclaw/platform';
import { carryOut, positionToken } from '../carry-out';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { FRESH_LOG, SUBSCRIPTIONS } from '../tokens';
import { changeSubscriptionBody } from './subscription.dto';

/** What an account (the id of an operator) may issue codes for: scopes of target services. */
@Controller('v1/subscriptions')
export class ManageSubscriptionsController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
    private readonly view: LifecycleView,
  ) {}

  @Put(':account')
  @Allow()
  async change(@Param('account') account: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(changeSubscriptionBody, raw);
    const context = commandContext(request, body, body.reason);
    const target = { repository: this.subscriptions, noun: 'subscription', id: account } as const;
    const { scopes } = body;
    const carried = await carryOut(target, context, (state) =>
      decideSubscription({ type: 'ChangeSubscription', meta: context.meta, account, scopes }, state),
    );
    return {
      account,
      scopes: carried.state.scopes,
      revision: carried.revision,
      position: positionToken(this.fresh.log.logId, carried),
    };
  }

  @Get()
  @Allow('auditor')
  async list() {
    await this.view.upToDate();
    return {
      subscriptions: [...this.view.subscriptions.rows()].map(({ id, state, revision }) => ({
        account: id,
        scopes: state.scopes,
        revision,
      })),
    };
  }

  @Get(':account')
  @Allow('auditor', 'issuer')
  async show(@Param('account') account: string) {
    const { state, revision } = await this.subscriptions.load(account);
    return { account, scopes: state.scopes, revision };
  }
}
