import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { ApiError, Needs, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { decodePage, encodePage } from '../page-token';
import { filter, instant, pageOf, pageVariables } from '../paging';
import { USAGE_GROUPS } from '../tokens';
import { type GroupsQuery, USAGE_KEYS, type UsageGroup, type UsageGroupsView, type UsageKey } from './groups.port';

const by = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(USAGE_KEYS, { message: `use ${USAGE_KEYS.join(', ')}` })).max(5, 'at most five at once'))
  .refine((keys) => new Set(keys).size === keys.length, { error: 'each once' });

export const groupsQuery = z.strictObject({
  by,
  from: instant,
  until: instant,
  code: filter, owner: filter, master_key: filter, service: filter, resource: filter, action: filter,
  source_ip: filter, validator: filter, outcome: filter, reason: filter,
  ...pageVariables,
}); // prettier-ignore
export const unusedQuery = z.strictObject(pageVariables);

/**
 * `GET /v1/usage/groups?by=owner,service`: how many decisions there were by whatever is asked for, with the first and
 * the last time; who used what is `by=owner,source_ip,service,resource`. `GET /v1/usage/unused-codes`: living codes that
 * were never allowed anything.
 */
@Controller('v1/usage')
export class GroupUsageController {
  constructor(@Inject(USAGE_GROUPS) private readonly usage: UsageGroupsView) {}

  @Get('groups')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async groups(@Query() raw: unknown) {
    const { after, page_size: size, by: keys, from, until, ...having } = parseBody(groupsQuery, raw);
    const query: GroupsQuery = { by: keys, having, from, until };
    const bound = { ...having, by: keys.join(), from, until };
    const rows = await this.usage.groups(query, after === undefined ? undefined : keyOf(bound, keys, after), size + 1);
    const { page, next_page_token } = pageOf(rows, size, ({ key }: UsageGroup) => encodePage(bound, key));
    return { groups: page.map((group) => groupView(keys, group)), next_page_token };
  }

  @Get('unused-codes')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async unused(@Query() raw: unknown) {
    const { after, page_size: size } = parseBody(unusedQuery, raw);
    const last = after === undefined ? '' : String(decodePage({}, after)[0] ?? '');
    const { page, next_page_token } = pageOf(await this.usage.unusedCodes(last, size + 1), size, (id: string) =>
      encodePage({}, [id]),
    );
    return { codeIds: page, next_page_token };
  }
}

const keyOf = (query: object, keys: readonly UsageKey[], token: string): readonly string[] => {
  const key = decodePage(query, token).map(String);
  if (key.length === keys.length) return key;
  throw new ApiError('openclaw.request.page-token-invalid');
};

const groupView = (keys: readonly UsageKey[], { key, count, firstAt, lastAt }: UsageGroup) => ({
  ...Object.fromEntries(keys.map((name, i) => [name, key[i] === '' ? null : key[i]])),
  count,
  firstAt: firstAt.toISOString(),
  lastAt: lastAt.toISOString(),
});
