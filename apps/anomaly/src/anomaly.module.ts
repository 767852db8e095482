import { type DynamicModule, Module } from '@nestjs/common';
import { HEALTH_CHECKS, type HealthCheck, HealthController, OperatorDirectory } from '@openclaw/platform';
import { AlertLog } from './raise-alert/alert-log';
import { AlertsController } from './show-alerts/alerts.controller';

/** What was opened before the module. */
export interface AnomalyParts {
  readonly alerts: AlertLog;
  readonly directory: OperatorDirectory;
  readonly checks: readonly HealthCheck[];
}

@Module({})
export class AnomalyModule {
  static register({ alerts, directory, checks }: AnomalyParts): DynamicModule {
    return {
      module: AnomalyModule,
      controllers: [HealthController, AlertsController],
      providers: [
        { provide: AlertLog, useValue: alerts },
        { provide: OperatorDirectory, useValue: directory },
        { provide: HEALTH_CHECKS, useValue: checks },
      ],
    };
  }
}
