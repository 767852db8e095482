import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Logger, NestLog, type RunningApp, guardOperators, httpsOptions, observeHttp } from '@openclaw/platform';
import type { AuditConfig } from './audit.config';
import { AuditModule } from './audit.module';
import { openParts } from './open-parts.module';

/** Starts the audit service: views and logs first, the port last. `close` finishes the commits in hand. */
export const startAudit = async (config: AuditConfig, logger: Logger): Promise<RunningApp> => {
  const parts = await openParts(config, logger);
  try {
    const app = await NestFactory.create<NestExpressApplication>(AuditModule.register(parts), {
      logger: new NestLog(logger),
      abortOnError: false,
      ...httpsOptions(config.tls),
    });
    observeHttp(app);
    guardOperators(app, config.access, logger);
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
