import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { type MasterKey, type MasterKeyEvent, decideMasterKey } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository,
  Needs,
  ApiError,
  type AuthenticatedRequest,
  commandContext,
  parseBody,
} from '@openclaw/platform';
import { type SecretStore, SecretValue } from '@openclaw/secret-store';
import { z } from 'zod';
import { carryOut, positionToken } from '../carry-out';
import { masterKeyView } from '../change-master-key/master-key.view';
import { FRESH_LOG, MASTER_KEYS, SECRET_STORE } from '../tokens';

const registerBody = z.strictObject({
  label: z.string(),
  provider: z.string(),
  /** The key itself: goes straight into the secret store and is never shown again. */
  secret: z.string().min(8, 'too short for a key').max(4096),
  reason: z.string().max(500).optional(),
});

/** `POST /v1/master-keys`: the value goes to the secret store first, then the log learns of a reference to it. */
@Controller('v1/master-keys')
export class RegisterMasterKeyController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(MASTER_KEYS) private readonly masterKeys: AggregateRepository<MasterKey, MasterKeyEvent>,
    @Inject(SECRET_STORE) private readonly secrets: SecretStore,
  ) {}

  @Post()
  @Needs('master-key:manage')
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async register(@Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { secret, ...body } = parseBody(registerBody, raw);
    const context = commandContext(request, body, body.reason);
    const masterKeyId = context.derivedId('master-key');
    const name = `master-key/${masterKeyId}`;
    await this.#keep(name, secret);
    const { label, provider } = body;
    const command = {
      type: 'RegisterMasterKey',
      meta: context.meta,
      masterKeyId,
      label,
      provider,
      secret: { name, version: '1' },
    } as const;
    const target = { repository: this.masterKeys, noun: 'master-key', id: masterKeyId } as const;
    const carried = await carryOut(target, context, (state) => decideMasterKey(command, state));
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

  /** Written once: a retry brings the same value; another value under one idempotency key is a mistake. */
  async #keep(name: string, secret: string): Promise<void> {
    try {
      await this.secrets.put(name, new SecretValue(secret), 1);
    } catch (error) {
      if (error instanceof Error && error.name === 'SecretVersionTaken')
        throw new ApiError('openclaw.request.idempotency-key-reused');
      throw error;
    }
  }
}
