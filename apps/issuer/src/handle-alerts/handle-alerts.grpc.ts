import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf, timestampOf, wordOf } from '../grpc/wire-values';
import { type AlertHandlingView, acknowledgeBody, closeBody } from './alert-handling.dto';
import { HandleAlertsHandler } from './handle-alerts.handler';

const STATES = {
  open: 'ALERT_STATE_OPEN',
  acknowledged: 'ALERT_STATE_ACKNOWLEDGED',
  closed: 'ALERT_STATE_CLOSED',
} as const;

const RESOLUTIONS = {
  'true-positive': 'ALERT_RESOLUTION_TRUE_POSITIVE',
  'false-positive': 'ALERT_RESOLUTION_FALSE_POSITIVE',
  benign: 'ALERT_RESOLUTION_BENIGN',
} as const;

const message = (view: AlertHandlingView): Outgoing<issuerV1.AcknowledgeAlertResponse> => {
  const { alertUid, status, acknowledged, closed, revision, position } = view;
  return {
    handling: {
      alertUid,
      state: STATES[status],
      acknowledgedBy: acknowledged?.by ?? '',
      acknowledgedAt: timestampOf(acknowledged?.at ?? null),
      closedBy: closed?.by ?? '',
      closedAt: timestampOf(closed?.at ?? null),
      resolution: closed === null ? 'ALERT_RESOLUTION_UNSPECIFIED' : RESOLUTIONS[closed.resolution],
      revision,
    },
    position,
  };
};

/** `AcknowledgeAlert`, `CloseAlert`. */
@Controller()
@Needs('alert:handle')
export class HandleAlertsGrpc {
  constructor(private readonly handler: HandleAlertsHandler) {}

  @GrpcMethod('DetectionService', 'AcknowledgeAlert')
  async acknowledge(
    @Payload() { alertUid, reason }: issuerV1.AcknowledgeAlertRequest,
    @FromOperator() call: OperatorCall,
  ) {
    const body = parseBody(acknowledgeBody, { reason: textOf(reason) });
    return message(await this.handler.acknowledge(call, alertUid, body));
  }

  @GrpcMethod('DetectionService', 'CloseAlert')
  async close(@Payload() request: issuerV1.CloseAlertRequest, @FromOperator() call: OperatorCall) {
    const { alertUid, resolution, reason } = request;
    const body = parseBody(closeBody, { resolution: wordOf(RESOLUTIONS, resolution, 'resolution'), reason });
    return message(await this.handler.close(call, alertUid, body));
  }
}
