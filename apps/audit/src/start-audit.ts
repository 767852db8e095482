import 'reflect-metadata';
import { NestFactory, Reflector } from '@nestjs/core';
import {
  type Logger, NestLog, OperatorDirectory, OperatorGuard, ProblemFilter, type RunningApp,
} from '@openclaw/platform'; // prettier-ignore
import type { AuditConfig } from './audit.config';
import { AuditModule } from './audit.module';
import { openParts } from './open-parts.module';

/** Starts the audit service: views and logs first, the port last. `close` finishes the commits in hand. */
export const startAudit = async (config: AuditConfig, logger: Logger): Promise<RunningApp> => {
  const parts = await openParts(config, logger);
  try {
    const app = await NestFactory.create(AuditModule.register(parts), {
      logger: new NestLog(logger),
      abortOnError: false,
    });
    app.useGlobalFilters(new ProblemFilter(logger));
    app.useGlobalGuards(new OperatorGuard(app.get(OperatorDirectory), app.get(Reflector)));
    await app.listen(config.listen.port, config.listen.host);
    return {
      name: 'audit',
      listens: { http: await app.getUrl() },
      close: async () => {
        await app.close();
        await parts.close();
      },
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
};
