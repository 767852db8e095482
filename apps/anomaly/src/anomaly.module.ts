import { type DynamicModule, Module } from '@nestjs/common';
import type { AlertHandling, AlertHandlingEvent } from '@openclaw/domain';
import {
  type FollowedAggregates,
  HEALTH_CHECKS,
  type HealthCheck,
  HealthController,
  OperatorDirectory,
} from '@openclaw/platform';
import { AlertLog } from './raise-alert/alert-log';
import { AlertsController, HANDLING } from './show-alerts/alerts.controller';

/** What was opened before the module. */
export interface AnomalyParts {
  readonly alerts: AlertLog;
  readonly handling: FollowedAggregates<AlertHandling, AlertHandlingEvent>;
  readonly directory: OperatorDirectory;
  readonly checks: readonly HealthCheck[];
}

@Module({})
export class AnomalyModule {
  static register({ alerts, handling, directory, checks }: AnomalyParts): DynamicModule {
    return {
      module: AnomalyModule,
      controllers: [HealthController, AlertsController],
      providers: [
        { provide: AlertLog, useValue: alerts },
        { provide: HANDLING, useValue: handling },
        { provide: OperatorDirectory, useValue: directory },
        { provide: HEALTH_CHECKS, useValue: checks },
      ],
    };
  }
}
