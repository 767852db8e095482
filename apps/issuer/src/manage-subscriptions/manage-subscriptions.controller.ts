import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { ManageSubscriptionsHandler } from './manage-subscriptions.handler';
import { scopesBody } from './subscription.dto';

/** What each account may issue codes for. The account of an operator is its id. */
@Controller('v1/subscriptions')
export class ManageSubscriptionsController {
  constructor(private readonly handler: ManageSubscriptionsHandler) {}

  @Get()
  @Needs('subscription:read')
  list() {
    return this.handler.list();
  }

  @Get(':account')
  @Needs('subscription:read')
  async show(@Param('account') account: string, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(account));
  }

  @Post(':account/subscribe')
  @Needs('subscription:manage')
  @HttpCode(200)
  async subscribe(
    @Param('account') account: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.subscribe(call, account, parseBody(scopesBody, raw)));
  }

  @Post(':account/unsubscribe')
  @Needs('subscription:manage')
  @HttpCode(200)
  async unsubscribe(
    @Param('account') account: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.unsubscribe(call, account, parseBody(scopesBody, raw)));
  }
}
