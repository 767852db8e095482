import { type DynamicModule, Module } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  HEALTH_CHECKS,
  type HealthCheck,
  HealthController,
  OperatorDirectory,
  logCheck,
  OPENAPI_DOCUMENT,
  OpenApiController,
  openApiDocument,
} from '@openclaw/platform';
import { auditApi } from './audit.api';
import { ListProducersController } from './account-producers/list-producers.controller';
import type { ProducerAccounts } from './account-producers/producer-accounts';
import { ExportEvidenceController } from './export-evidence/export-evidence.controller';
import type { FollowedProjection } from './follow-log/followed-projection';
import { GroupUsageController } from './group-usage/group-usage.controller';
import type { UsageGroupsView } from './group-usage/groups.port';
import { ReadTrailController } from './read-trail/read-trail.controller';
import type { TrailView } from './read-trail/trail.port';
import { ReadUsageController } from './read-usage/read-usage.controller';
import type { UsageView } from './read-usage/usage.port';
import { RebuildController } from './rebuild/rebuild.controller';
import { ShowStatusController } from './show-status/show-status.controller';
import { lagCheck } from './show-status/status';
import { FRESH_LOG, PRODUCERS, PROJECTIONS, TRAIL_VIEW, USAGE_GROUPS, USAGE_VIEW } from './tokens';

/** What was opened before the module and is closed with it. */
export interface AuditParts {
  readonly fresh: FreshLog;
  readonly directory: OperatorDirectory;
  readonly trail: TrailView;
  readonly usage: UsageView;
  readonly usageGroups: UsageGroupsView;
  readonly producers: ProducerAccounts;
  readonly projections: readonly FollowedProjection[];
  /** What else readiness depends on: the views, the usage topic. */
  readonly checks: readonly HealthCheck[];
}

const CONTROLLERS = [
  HealthController,
  OpenApiController,
  ReadTrailController,
  GroupUsageController,
  ReadUsageController,
  ListProducersController,
  RebuildController,
  ExportEvidenceController,
  ShowStatusController,
];

/** The OpenAPI document of what this module serves. */
export const auditDocument = (): object => openApiDocument(CONTROLLERS, auditApi);

@Module({})
export class AuditModule {
  static register(parts: AuditParts): DynamicModule {
    const { fresh, directory, trail, usage, usageGroups, producers, projections, checks } = parts;
    return {
      module: AuditModule,
      controllers: [...CONTROLLERS],
      providers: [
        { provide: FRESH_LOG, useValue: fresh },
        { provide: OperatorDirectory, useValue: directory },
        { provide: TRAIL_VIEW, useValue: trail },
        { provide: USAGE_VIEW, useValue: usage },
        { provide: USAGE_GROUPS, useValue: usageGroups },
        { provide: PRODUCERS, useValue: producers },
        { provide: PROJECTIONS, useValue: projections },
        { provide: OPENAPI_DOCUMENT, useValue: auditDocument() },
        { provide: HEALTH_CHECKS, useValue: [logCheck(fresh.log), ...projections.map(lagCheck), ...checks] },
      ],
    };
  }
}
