import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import { AggregateRepository, Needs, type AuthenticatedRequest, commandContext, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { carryOut, positionToken } from '../carry-out';
import { masterKeyView } from '../change-master-key/master-key.view';
import { MasterKeyValues } from '../keep-value/master-key-values';
import { valueFields, valueGiven } from '../keep-value/value-given.dto';
import { FRESH_LOG, MASTER_KEYS } from '../tokens';

const registerBody = z.strictObject({
  label: z.string(),
  provider: z.string(),
  ...valueFields,
  reason: z.string().max(500).optional(),
});

/** `POST /v1/master-keys`: the value goes to the secret store first, then the log learns of a reference to it. */
@Controller('v1/master-keys')
export class RegisterMasterKeyController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(MasterKeyValues) private readonly values: MasterKeyValues,
  ) {}

  @Post()
  @Needs('master-key:manage')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async register(@Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { secret: pasted, ...body } = parseBody(registerBody, raw);
    const given = valueGiven({ ...body, secret: pasted });
    const context = commandContext(request, body, body.reason);
    const { meta } = context;
    const masterKeyId = context.derivedId('master-key');
    const { label, provider } = body;
    const secret = await this.values.referTo(given, `master-key/${masterKeyId}`);
    const target = { repository: this.masterKeys, noun: 'master-key', id: masterKeyId } as const;
    const carried = await carryOut(target, context, (state) =>
      decideMasterKey({ type: 'RegisterMasterKey', meta, masterKeyId, label, provider, secret }, state),
    );
    return {
      ...masterKeyView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
  }

  @Get(':masterKeyId')
  @Needs('master-key:read')
  async show(@Param('masterKeyId') masterKeyId: string) {
    const { state, revision } = await this.masterKeys.load(masterKeyId);
    return masterKeyView(state, revision);
  }
}
