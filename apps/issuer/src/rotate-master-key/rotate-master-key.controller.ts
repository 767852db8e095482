import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, ApiError, type AuthenticatedRequest, Needs, commandContext, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';
import { carryOut, positionToken } from '../carry-out';
import { masterKeyView } from '../change-master-key/master-key.view';
import { MasterKeyValues } from '../keep-value/master-key-values';
import { valueFields, valueGiven } from '../keep-value/value-given.dto';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';

const rotateBody = z.strictObject({ ...valueFields, reason: z.string().max(500).optional() });

/**
 * `POST /v1/master-keys/{id}/rotate`: the provider gave the key another value; its codes do not notice. A pasted value
 * lies under a name that belongs to this command, so that a retry finds it and two rotations at once do not meet.
 */
@Controller('v1/master-keys/:masterKeyId')
export class RotateMasterKeyController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(MasterKeyValues) private readonly values: MasterKeyValues,
  ) {}

  @Post('rotate')
  @Needs('master-key:manage')
  @HttpCode(200)
  async rotate(@Param('masterKeyId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { secret: pasted, ...body } = parseBody(rotateBody, raw);
    const given = valueGiven({ ...body, secret: pasted });
    const { state } = await this.masterKeys.load(id);
    // Before anything is kept: nobody would ever refer to it.
    if (state.status === 'unregistered') throw new ApiError('openclaw.master-key.not-found');
    if (state.status === 'revoked') throw new ApiError('openclaw.master-key.already-ended');
    const context = commandContext(request, body, body.reason);
    const { meta } = context;
    const secret = await this.values.referTo(given, `master-key/${id}/${context.derivedId('value')}`);
    const target = { repository: this.masterKeys, noun: 'master-key', id } as const;
    const carried = await carryOut(target, context, (found) =>
      decideMasterKey({ type: 'RotateMasterKey', meta, secret }, found),
    );
    return {
      ...masterKeyView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
  }
}
