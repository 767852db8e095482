import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { changeDetectionBody } from './detection-settings.dto';
import { changeBodyOf, detectionMessage } from './detection.message';
import { ManageDetectionHandler } from './manage-detection.handler';

/** `GetDetectionSettings`, `ChangeDetectionSettings`. */
@Controller()
export class ManageDetectionGrpc {
  constructor(private readonly handler: ManageDetectionHandler) {}

  @GrpcMethod('DetectionService', 'GetDetectionSettings')
  @Needs('detection:read')
  async show(): Promise<Outgoing<issuerV1.GetDetectionSettingsResponse>> {
    const view = await this.handler.show();
    return { settings: detectionMessage(view), revision: view.revision };
  }

  @GrpcMethod('DetectionService', 'ChangeDetectionSettings')
  @Needs('detection:manage')
  async change(
    @Payload() request: issuerV1.ChangeDetectionSettingsRequest,
    @FromOperator() call: OperatorCall,
  ): Promise<Outgoing<issuerV1.ChangeDetectionSettingsResponse>> {
    const view = await this.handler.change(call, parseBody(changeDetectionBody, changeBodyOf(request)));
    return { settings: detectionMessage(view), revision: view.revision, position: view.position };
  }
}
