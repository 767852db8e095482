import { Injectable } from '@nestjs/common';
import { masterKeyView } from '../change-master-key/master-key.view';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import type { ListMasterKeysQuery } from './list.dto';
import { pageOf } from './page';

/** Lists master keys, oldest first: where each key's value lies and whether it lives; never a value. */
@Injectable()
export class ListMasterKeysHandler {
  constructor(private readonly view: LifecycleView) {}

  async list({ pageSize, pageToken, ...filter }: ListMasterKeysQuery) {
    await this.view.upToDate();
    const matching = [...this.view.masterKeys.rows()].filter(
      ({ state: { status } }) => status !== 'unregistered' && (filter.status ?? status) === status,
    );
    const page = pageOf(matching, { pageSize, pageToken }, filter);
    return {
      masterKeys: page.rows.map(masterKeyView),
      nextPageToken: page.nextPageToken,
      notUnderstood: [...this.view.masterKeys.notUnderstood()],
    };
  }
}
