import { Controller, Get, Query } from '@nestjs/common';
import { Needs, parseBody } from '@openclaw/platform';
import { ListMasterKeysHandler } from './list-master-keys.handler';
import { listMasterKeysQuery } from './list.dto';

/** `GET /v1/master-keys`: all of them, oldest first; never a value. */
@Controller('v1/master-keys')
export class ListMasterKeysController {
  constructor(private readonly handler: ListMasterKeysHandler) {}

  @Get()
  @Needs('master-key:read')
  list(@Query() raw: unknown) {
    return this.handler.list(parseBody(listMasterKeysQuery, raw));
  }
}
