import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  type TargetService, type TargetServiceCommand, type TargetServiceEvent, decideTargetService,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, type AuthenticatedRequest, type CommandContext, FollowedAggregates, Needs, commandContext,
  parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';
import { carryOut, etag, positionToken, revisionOf } from '../carry-out';
import { FRESH_LOG, SERVICES, SERVICE_LIST } from '../tokens';
import { serviceView } from './service.view';

const names = z.array(z.string());
const reason = z.string().max(500).optional();
const offer = { title: z.string(), resources: names, actions: names };
const registerBody = z.strictObject({ service: z.string(), ...offer, reason });
const changeBody = z.strictObject({ ...z.object(offer).partial().shape, reason });
const retireBody = z.strictObject({ reason: z.string().min(1, 'say why').max(500) });

interface Answering {
  header(name: string, value: string): void;
}

interface Asked {
  readonly id: string;
  readonly command: TargetServiceCommand;
  readonly expectedRevision?: number | undefined;
}

/** The catalogue of target services: what there is to issue codes for. */
@Controller('v1/services')
export class DescribeServicesController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(SERVICES) private readonly services: AggregateRepository<TargetService, TargetServiceEvent>,
    @Inject(SERVICE_LIST) private readonly known: FollowedAggregates<TargetService, TargetServiceEvent>,
  ) {}

  @Get()
  @Needs('service:read')
  list() {
    return { services: this.known.list().map(({ state, revision }) => serviceView(state, revision)) };
  }

  @Get(':service')
  @Needs('service:read')
  async show(@Param('service') service: string, @Res({ passthrough: true }) response: Answering) {
    const { state, revision } = await this.services.load(service);
    response.header('ETag', etag(revision));
    return serviceView(state, revision);
  }

  @Post()
  @Needs('service:manage')
  @HttpCode(201)
  async register(
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(registerBody, raw);
    const { service, title, resources, actions } = body;
    const context = commandContext(request, body, body.reason);
    response.header('Location', `/v1/services/${encodeURIComponent(service)}`);
    const command = { type: 'RegisterTargetService', meta: context.meta, service } as const;
    return this.#carry(
      { id: service, command: { ...command, offer: { title, resources, actions } } },
      context,
      response,
    );
  }

  @Patch(':service')
  @Needs('service:manage')
  change(
    @Param('service') service: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(changeBody, raw);
    const { reason: why, ...changes } = body;
    const context = commandContext(request, body, why);
    const command = { type: 'ChangeTargetService', meta: context.meta, changes } as const;
    const expectedRevision = revisionOf(request.headers['if-match']);
    return this.#carry({ id: service, command, expectedRevision }, context, response);
  }

  /** No new code for it, by nobody. Codes that are out go on; revoke them by their own means. */
  @Post(':service/retire')
  @Needs('service:manage')
  @HttpCode(200)
  retire(
    @Param('service') service: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const body = parseBody(retireBody, raw);
    const context = commandContext(request, body, body.reason);
    const command = { type: 'RetireTargetService', meta: context.meta } as const;
    return this.#carry({ id: service, command }, context, response);
  }

  async #carry({ id, command, expectedRevision }: Asked, context: CommandContext, response: Answering) {
    const target = { repository: this.services, noun: 'target-service', id, expectedRevision } as const;
    const carried = await carryOut(target, context, (state) => decideTargetService(command, state));
    response.header('ETag', etag(carried.revision));
    return { ...serviceView(carried.state, carried.revision), position: positionToken(this.fresh.log.logId, carried) };
  }
}
