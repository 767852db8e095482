import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { type Logger, NestLog, type RunningApp, guardOperators, httpsOptions, observeHttp } from '@openclaw/platform';
import type { IssuerConfig } from './issuer.config';
import { IssuerModule } from './issuer.module';
import { openParts } from './open-parts.module';

/** Starts the issuer: log and secret store first, the port last. `close` lets requests in hand finish. */
export const startIssuer = async (config: IssuerConfig, logger: Logger): Promise<RunningApp> => {
  const parts = await openParts(config, logger);
  try {
    const app = await NestFactory.create<NestExpressApplication>(IssuerModule.register(config, parts), {
      logger: new NestLog(logger),
      abortOnError: false,
      ...httpsOptions(config.tls),
    });
    observeHttp(app);
    guardOperators(app, config.access, logger);
    await app.listen(config.listen.port, config.listen.host);
    return {
      name: 'issuer',
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
