import { Controller, Get, HttpCode, Inject, Res } from '@nestjs/common';
import type { EventLog } from '@openclaw/event-log';
import { Public } from '../security/operator.guard';

/** One thing that readiness depends on; resolves with the reason why not, or undefined when it is well. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<string | undefined>;
}

export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

interface Answering {
  status(code: number): { json(body: unknown): void };
}

/** `/health/live`: the process answers. `/health/ready`: it can do its work now; 503 names what is missing. */
@Public()
@Controller('health')
export class HealthController {
  constructor(@Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[]) {}

  @Get('live')
  @HttpCode(200)
  live(): { readonly status: 'live' } {
    return { status: 'live' };
  }

  @Get('ready')
  async ready(@Res() response: Answering): Promise<void> {
    const results = await Promise.all(this.checks.map(async (one) => [one.name, await one.check()] as const));
    const missing = results.filter(([, reason]) => reason !== undefined);
    response
      .status(missing.length === 0 ? 200 : 503)
      .json({ status: missing.length === 0 ? 'ready' : 'not ready', missing: Object.fromEntries(missing) });
  }
}

const READINESS_MS = 1000;

/** The log answers in time and this process has read it to its end. */
export const logCheck = (log: EventLog): HealthCheck => ({
  name: 'log',
  check: async () => {
    const readiness = await log
      .readiness(READINESS_MS)
      .catch((error: unknown) => ({ ready: false, reason: String(error) }));
    return readiness.ready ? undefined : 'reason' in readiness ? readiness.reason : 'not ready';
  },
});
