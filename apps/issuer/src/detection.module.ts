import { type DynamicModule, Module } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, OperatorDirectory, alertHandlingAggregate, detectionSettingsAggregate,
} from '@openclaw/platform'; // prettier-ignore
import { HandleAlertsController } from './handle-alerts/handle-alerts.controller';
import { KnownAlerts } from './handle-alerts/known-alerts';
import { ManageDetectionController } from './manage-detection/manage-detection.controller';
import { ALERT_HANDLING, DETECTION_SETTINGS, FRESH_LOG } from './tokens';

export interface DetectionParts {
  readonly fresh: FreshLog;
  readonly directory: OperatorDirectory;
  readonly alerts: KnownAlerts;
}

/** What operators decide about detection and about its alerts; the detector follows. */
@Module({})
export class DetectionModule {
  static register(instance: string, { fresh, directory, alerts }: DetectionParts): DynamicModule {
    const { log } = fresh;
    return {
      module: DetectionModule,
      controllers: [ManageDetectionController, HandleAlertsController],
      providers: [
        { provide: FRESH_LOG, useValue: fresh },
        { provide: OperatorDirectory, useValue: directory },
        { provide: KnownAlerts, useValue: alerts },
        { provide: ALERT_HANDLING, useValue: new AggregateRepository(log, alertHandlingAggregate, instance) },
        { provide: DETECTION_SETTINGS, useValue: new AggregateRepository(log, detectionSettingsAggregate, instance) },
      ],
    };
  }
}
