import { Injectable } from '@nestjs/common';
import type { PairingCode } from '@openclaw/domain';
import type { Row } from '../lifecycle/followed-aggregates';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { codeView } from '../show-codes/code.view';
import { type Circumstances, type CodeFilter, meets } from './code-filter';
import type { ListCodesQuery } from './list.dto';
import { pageOf } from './page';
import { UsedCodes } from './used-codes';

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

/** Lists codes that meet every given filter, oldest first; sees every write that this issuer has answered. */
@Injectable()
export class ListCodesHandler {
  constructor(
    private readonly view: LifecycleView,
    private readonly usage: UsedCodes,
  ) {}

  async list({ pageSize, pageToken, ...filter }: ListCodesQuery) {
    await this.view.upToDate();
    const asksForUse = filter.neverUsed !== undefined;
    const nowMs = Date.now();
    const circumstances = asksForUse ? { nowMs, used: await this.usage.upToDate() } : { nowMs };
    const page = pageOf(this.#matching(filter, circumstances), { pageSize, pageToken }, filter);
    return {
      codes: page.rows.map(codeView),
      nextPageToken: page.nextPageToken,
      notUnderstood: [...this.view.codes.notUnderstood()],
    };
  }

  *#matching(filter: CodeFilter, circumstances: Circumstances): Iterable<Row<Issued>> {
    for (const { state, ...row } of this.view.codes.rows()) {
      if (state.status !== 'unissued' && meets(filter, state, circumstances)) yield { ...row, state };
    }
  }
}
