import { Body, Controller, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { changeServiceBody, registerServiceBody, retireServiceBody } from './describe-services.dto';
import { DescribeServicesHandler } from './describe-services.handler';

/** The catalogue of target services: what there is to issue codes for. */
@Controller('v1/services')
export class DescribeServicesController {
  constructor(private readonly handler: DescribeServicesHandler) {}

  @Get()
  @Needs('service:read')
  list() {
    return this.handler.list();
  }

  @Get(':service')
  @Needs('service:read')
  async show(@Param('service') service: string, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(service));
  }

  @Post()
  @Needs('service:manage')
  @HttpCode(201)
  async register(
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const registered = await this.handler.register(call, parseBody(registerServiceBody, raw));
    response.header('Location', `/v1/services/${encodeURIComponent(registered.service)}`);
    return withEtag(response, registered);
  }

  @Patch(':service')
  @Needs('service:manage')
  async change(
    @Param('service') service: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.change(call, service, parseBody(changeServiceBody, raw)));
  }

  @Post(':service/retire')
  @Needs('service:manage')
  @HttpCode(200)
  async retire(
    @Param('service') service: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.retire(call, service, parseBody(retireServiceBody, raw)));
  }
}
