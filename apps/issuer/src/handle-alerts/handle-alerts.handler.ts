import { Inject, Injectable } from '@nestjs/common';
import {
  type AlertHandling, type AlertHandlingCommand, type AlertHandlingEvent, type Handled, decideAlertHandling,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  type AggregateRepository, ApiError, type CommandContext, type OperatorCall, type Traced, commandContext,
} from '@openclaw/platform'; // prettier-ignore
import { carryOut, shown } from '../carry-out';
import { ALERT_HANDLING, FRESH_LOG } from '../tokens';
import type { AcknowledgeBody, AlertHandlingView, CloseBody } from './alert-handling.dto';
import { KnownAlerts } from './known-alerts';

/** What people do about an alert. The list, with what was done, is at the detector: `GET /v1/alerts`. Retries are safe. */
@Injectable()
export class HandleAlertsHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(ALERT_HANDLING) private readonly handling: AggregateRepository<AlertHandling, AlertHandlingEvent>,
    @Inject(KnownAlerts) private readonly known: KnownAlerts,
  ) {}

  /** "I look into it": the first who says so has it. */
  acknowledge(call: OperatorCall, alertUid: string, body: AcknowledgeBody): Promise<AlertHandlingView> {
    const context = commandContext(call, { operation: 'acknowledge-alert', target: alertUid, body });
    const by = call.principal.operatorId;
    return this.#carry({ type: 'AcknowledgeAlert', meta: context.meta, alertUid, by }, context);
  }

  /** "It was this": for good. A new incident raises a new alert. */
  close(call: OperatorCall, alertUid: string, body: CloseBody): Promise<AlertHandlingView> {
    const context = commandContext(call, { operation: 'close-alert', target: alertUid, body });
    const by = call.principal.operatorId;
    const { resolution } = body;
    return this.#carry({ type: 'CloseAlert', meta: context.meta, alertUid, by, resolution }, context);
  }

  async #carry(command: AlertHandlingCommand, context: CommandContext): Promise<AlertHandlingView> {
    const { alertUid } = command;
    if (!(await this.known.knows(alertUid))) throw new ApiError('openclaw.alert.not-found');
    const target = { repository: this.handling, noun: 'alert', id: alertUid } as const;
    const carried = await carryOut(target, context, (state) => decideAlertHandling(command, state));
    return shown(this.fresh, carried, ({ state, revision }: Traced<AlertHandling>) => ({
      alertUid,
      status: state.status,
      acknowledged: state.acknowledged && handledView(state.acknowledged),
      closed: state.closed && { ...handledView(state.closed), resolution: state.closed.resolution },
      revision,
    }));
  }
}

const handledView = ({ by, at }: Handled) => ({ by, at: new Date(at).toISOString() });
