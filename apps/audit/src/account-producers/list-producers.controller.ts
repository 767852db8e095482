import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiError, Needs, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { decodePage, encodePage } from '../page-token';
import { filter, pageOf, pageVariables } from '../paging';
import { PRODUCERS } from '../tokens';
import type { ProducerAccount, ProducerAccounts } from './producer-accounts';
import { producerView } from './producer.view';
import type { KnownProducer } from './producers.port';
import { VERDICTS } from './verdict';

const verdict = z.enum(VERDICTS, { message: `say ${VERDICTS.join(', ')}` }).optional();
export const listProducersQuery = z.strictObject({ producer: filter, validator: filter, verdict, ...pageVariables });

/**
 * `GET /v1/producers`: every life of every validator, in order of time, and whether all that it has recorded is there:
 * complete, open, unaccounted, or lost with the time in which decisions may be missing.
 */
@Controller('v1/producers')
export class ListProducersController {
  constructor(@Inject(PRODUCERS) private readonly producers: ProducerAccounts) {}

  @Get()
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async list(@Query() raw: unknown) {
    const { after, page_size: size, ...query } = parseBody(listProducersQuery, raw);
    const place = after === undefined ? undefined : placeOf(decodePage(query, after));
    const accounts = await this.producers.list(query, place, size + 1);
    const { page, next_page_token } = pageOf(accounts, size, ({ since, producer }: ProducerAccount) =>
      encodePage(query, [since.getTime(), producer]),
    );
    return { producers: page.map(producerView), next_page_token };
  }
}

const placeOf = ([sinceMs, producer]: readonly (string | number)[]): KnownProducer => {
  const place = { since: new Date(Number(sinceMs)), producer: String(producer), validator: '' };
  if (Number.isFinite(place.since.getTime())) return place;
  throw new ApiError('openclaw.request.page-token-invalid');
};
