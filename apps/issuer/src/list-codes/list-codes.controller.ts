import { Controller, Get, Query } from '@nestjs/common';
import { Needs, parseBody } from '@openclaw/platform';
import { ListCodesHandler } from './list-codes.handler';
import { listCodesQuery } from './list.dto';

/** `GET /v1/codes`: codes that meet every given filter, oldest first. */
@Controller('v1/codes')
export class ListCodesController {
  constructor(private readonly handler: ListCodesHandler) {}

  @Get()
  @Needs('code:read')
  list(@Query() raw: unknown) {
    return this.handler.list(parseBody(listCodesQuery, raw));
  }
}
