import { Controller, Get, Inject } from '@nestjs/common';
import { Public } from '../security/operator.guard';

export const OPENAPI_DOCUMENT = Symbol('OPENAPI_DOCUMENT');

/** `GET /openapi.json`: what this API takes and answers. It is public, as its source is. */
@Public()
@Controller('openapi.json')
export class OpenApiController {
  constructor(@Inject(OPENAPI_DOCUMENT) private readonly document: object) {}

  @Get()
  show(): object {
    return this.document;
  }
}
