import { Controller, Get, Query } from '@nestjs/common';
import { parseBody, Needs } from '@openclaw/platform';
import { masterKeyView } from '../change-master-key/master-key.view';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { listMasterKeysQuery } from './list.dto';
import { pageOf } from './page';

/** `GET /v1/master-keys`: where each key's value lies and whether it lives, oldest first; never a value. */
@Controller('v1/master-keys')
export class ListMasterKeysController {
  constructor(private readonly view: LifecycleView) {}

  @Get()
  @Needs('master-key:read')
  async list(@Query() raw: unknown) {
    const { pageSize, pageToken, ...filter } = parseBody(listMasterKeysQuery, raw);
    await this.view.upToDate();
    const matching = [...this.view.masterKeys.rows()].filter(
      ({ state: { status } }) => status !== 'unregistered' && (filter.status ?? status) === status,
    );
    const page = pageOf(matching, { pageSize, pageToken }, filter);
    return {
      masterKeys: page.rows.map(({ state, revision }) => masterKeyView(state, revision)),
      nextPageToken: page.nextPageToken,
      notUnderstood: this.view.masterKeys.notUnderstood(),
    };
  }
}
