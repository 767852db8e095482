import { type DynamicModule, Module } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, OperatorDirectory, alertHandlingAggregate, detectionSettingsAggregate,
} from '@openclaw/platform'; // prettier-ignore
import { HandleAlertsController } from './handle-alerts/handle-alerts.controller';
import { HandleAlertsGrpc } from './handle-alerts/handle-alerts.grpc';
import { HandleAlertsHandler } from './handle-alerts/handle-alerts.handler';
import { KnownAlerts } from './handle-alerts/known-alerts';
import { ManageDetectionController } from './manage-detection/manage-detection.controller';
import { ManageDetectionGrpc } from './manage-detection/manage-detection.grpc';
import { ManageDetectionHandler } from './manage-detection/manage-detection.handler';
import { ALERT_HANDLING, DETECTION_SETTINGS, FRESH_LOG } from './tokens';

export interface DetectionParts {
  readonly fresh: FreshLog;
  readonly directory: OperatorDirectory;
  readonly alerts: KnownAlerts;
}

export const DETECTION_REST = [ManageDetectionController, HandleAlertsController];

/** What operators decide about detection and about its alerts; the detector follows. */
@Module({})
export class DetectionModule {
  static register(instance: string, { fresh, directory, alerts }: DetectionParts): DynamicModule {
    const { log } = fresh;
    return {
      module: DetectionModule,
      controllers: [...DETECTION_REST, ManageDetectionGrpc, HandleAlertsGrpc],
      providers: [
        ManageDetectionHandler,
        HandleAlertsHandler,
        { provide: FRESH_LOG, useValue: fresh },
        { provide: OperatorDirectory, useValue: directory },
        { provide: KnownAlerts, useValue: alerts },
        { provide: ALERT_HANDLING, useValue: new AggregateRepository(log, alertHandlingAggregate, instance) },
        { provide: DETECTION_SETTINGS, useValue: new AggregateRepository(log, detectionSettingsAggregate, instance) },
      ],
    };
  }
}
