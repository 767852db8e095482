import { Controller, Get, Inject } from '@nestjs/common';
import type { DetectionFinding } from '@openclaw/contracts';
import { Needs } from '@openclaw/platform';
import { AlertLog } from '../raise-alert/alert-log';

const SHOWN_MAX = 200;

/** `GET /v1/alerts`: the newest findings of the alert topic, as OCSF. */
@Controller('v1/alerts')
export class AlertsController {
  constructor(@Inject(AlertLog) private readonly alerts: AlertLog) {}

  @Get()
  @Needs('alert:read')
  list(): { readonly alerts: readonly DetectionFinding[] } {
    return { alerts: this.alerts.findings().slice(0, SHOWN_MAX) };
  }
}
