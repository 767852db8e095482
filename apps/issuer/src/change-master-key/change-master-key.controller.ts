import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { type MasterKey, type MasterKeyCommand, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, Needs, type AuthenticatedRequest, commandContext, parseBody } from '@openclaw/platform';
import { carryOut, positionToken } from '../carry-out';
import { reasonBody } from '../issue-code/issue-code.dto';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';
import { masterKeyView } from './master-key.view';

type Change = Exclude<MasterKeyCommand['type'], 'RegisterMasterKey' | 'RotateMasterKey'>;

/** Disable, enable and revoke a master key: every code under it follows at its next use. */
@Controller('v1/master-keys/:masterKeyId')
export class ChangeMasterKeyController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
  ) {}

  @Post('disable')
  @Needs('master-key:stop')
  @HttpCode(200)
  disable(@Param('masterKeyId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    return this.#change(id, raw, request, 'DisableMasterKey');
  }

  @Post('enable')
  @Needs('master-key:manage')
  @HttpCode(200)
  enable(@Param('masterKeyId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    return this.#change(id, raw, request, 'EnableMasterKey');
  }

  @Post('revoke')
  @Needs('master-key:stop')
  @HttpCode(200)
  revoke(@Param('masterKeyId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    return this.#change(id, raw, request, 'RevokeMasterKey');
  }

  async #change(id: string, raw: unknown, request: AuthenticatedRequest, type: Change) {
    const body = parseBody(reasonBody, raw);
    const context = commandContext(request, body, body.reason);
    const target = { repository: this.masterKeys, noun: 'master-key', id } as const;
    const carried = await carryOut(target, context, (state) => decideMasterKey({ type, meta: context.meta }, state));
    return {
      ...masterKeyView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
  }
}
