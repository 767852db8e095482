import { type DynamicModule, Module } from '@nestjs/common';
import type { AlertHandling, AlertHandlingEvent } from '@openclaw/domain';
import {
  type FollowedAggregates,
  HEALTH_CHECKS,
  type HealthCheck,
  HealthController,
  OPENAPI_DOCUMENT,
  OpenApiController,
  OperatorDirectory,
  openApiDocument,
} from '@openclaw/platform';
import { anomalyApi } from './anomaly.api';
import { AlertLog } from './raise-alert/alert-log';
import { AlertsController, HANDLING } from './show-alerts/alerts.controller';

/** What was opened before the module. */
export interface AnomalyParts {
  readonly alerts: AlertLog;
  readonly handling: FollowedAggregates<AlertHandling, AlertHandlingEvent>;
  readonly directory: OperatorDirectory;
  readonly checks: readonly HealthCheck[];
}

const CONTROLLERS = [HealthController, OpenApiController, AlertsController];

/** The OpenAPI document of what this module serves. */
export const anomalyDocument = (): object => openApiDocument(CONTROLLERS, anomalyApi);

@Module({})
export class AnomalyModule {
  static register({ alerts, handling, directory, checks }: AnomalyParts): DynamicModule {
    return {
      module: AnomalyModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: AlertLog, useValue: alerts },
        { provide: HANDLING, useValue: handling },
        { provide: OperatorDirectory, useValue: directory },
        { provide: OPENAPI_DOCUMENT, useValue: anomalyDocument() },
        { provide: HEALTH_CHECKS, useValue: checks },
      ],
    };
  }
}
