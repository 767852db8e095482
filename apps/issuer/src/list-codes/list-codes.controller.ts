import { Controller, Get, Query } from '@nestjs/common';
import type { PairingCode } from '@openclaw/domain';
import { parseBody, Needs } from '@openclaw/platform';
import type { Row } from '../lifecycle/followed-aggregates';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { codeView } from '../show-codes/code.view';
import { type CodeFilter, meets } from './code-filter';
import { listCodesQuery } from './list.dto';
import { pageOf } from './page';

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

/** `GET /v1/codes`: codes that meet every given filter, oldest first; sees every write that this issuer has answered. */
@Controller('v1/codes')
export class ListCodesController {
  constructor(private readonly view: LifecycleView) {}

  @Get()
  @Needs('code:read')
  async list(@Query() raw: unknown) {
    const { pageSize, pageToken, ...filter } = parseBody(listCodesQuery, raw);
    await this.view.upToDate();
    const page = pageOf(this.#matching(filter), { pageSize, pageToken }, filter);
    return {
      codes: page.rows.map(({ state, revision }) => codeView(state, revision)),
      nextPageToken: page.nextPageToken,
      notUnderstood: this.view.codes.notUnderstood(),
    };
  }

  *#matching(filter: CodeFilter): Iterable<Row<Issued>> {
    const nowMs = Date.now();
    for (const { state, ...row } of this.view.codes.rows()) {
      if (state.status !== 'unissued' && meets(filter, state, nowMs)) yield { ...row, state };
    }
  }
}
