import { Body, Controller, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import {
  type AlertHandling, type AlertHandlingCommand, type AlertHandlingEvent, RESOLUTIONS, decideAlertHandling,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  type AggregateRepository, ApiError, type AuthenticatedRequest, type CommandContext, Needs, commandContext, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';
import { carryOut, positionToken } from '../carry-out';
import { ALERT_HANDLING, FRESH_LOG } from '../tokens';
import { KnownAlerts } from './known-alerts';

const acknowledgeBody = z.strictObject({ reason: z.string().max(500).optional() });
const closeBody = z.strictObject({
  resolution: z.enum(RESOLUTIONS, { message: `use ${RESOLUTIONS.join(', ')}` }),
  reason: z.string().min(1, 'say what came of it').max(500),
});

/** What people do about an alert. The list, with what was done, is at the detector: `GET /v1/alerts`. */
@Controller('v1/alerts/:uid')
@Needs('alert:handle')
export class HandleAlertsController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(ALERT_HANDLING) private readonly handling: AggregateRepository<AlertHandling, AlertHandlingEvent>,
    @Inject(KnownAlerts) private readonly known: KnownAlerts,
  ) {}

  /** "I look into it": the first who says so has it. */
  @Post('acknowledge')
  @HttpCode(200)
  acknowledge(@Param('uid') uid: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(acknowledgeBody, raw);
    const context = commandContext(request, body, body.reason);
    const by = request.principal.operatorId;
    return this.#carry({ type: 'AcknowledgeAlert', meta: context.meta, alertUid: uid, by }, context);
  }

  /** "It was this": for good. A new incident raises a new alert. */
  @Post('close')
  @HttpCode(200)
  close(@Param('uid') uid: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(closeBody, raw);
    const context = commandContext(request, body, body.reason);
    const by = request.principal.operatorId;
    const { resolution } = body;
    return this.#carry({ type: 'CloseAlert', meta: context.meta, alertUid: uid, by, resolution }, context);
  }

  async #carry(command: AlertHandlingCommand, context: CommandContext) {
    const { alertUid } = command;
    if (!(await this.known.knows(alertUid))) throw new ApiError('openclaw.alert.not-found');
    const target = { repository: this.handling, noun: 'alert', id: alertUid } as const;
    const carried = await carryOut(target, context, (state) => decideAlertHandling(command, state));
    const { status, acknowledged, closed } = carried.state;
    const position = positionToken(this.fresh.log.logId, carried);
    return { alertUid, status, acknowledged, closed, revision: carried.revision, position };
  }
}
