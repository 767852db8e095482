import 'reflect-metadata';
import { NestFactory, Reflector } from '@nestjs/core';
import { type Logger, NestLog, OperatorDirectory, OperatorGuard, ProblemFilter, type RunningApp, printAddress } from '@openclaw/platform';
import type { IssuerConfig } from './issuer.config';
import { IssuerModule } from './issuer.module';
import { openParts } from './open-parts.module';

/** Starts the issuer: log and secret store first, the port last. `close` lets requests in hand finish. */
export const startIssuer = async (config: IssuerConfig, logger: Logger): Promise<RunningApp> => {
  const parts = await openParts(config, logger);
  try {
    const app = await NestFactory.create(IssuerModule.register(config, parts), { logger: new NestLog(logger), abortOnError: false });
    app.useGlobalFilters(new ProblemFilter(logger));
    app.useGlobalGuards(new OperatorGuard(app.get(OperatorDirectory), app.get(Reflector)));
    await app.listen(config.listen.port, config.listen.host);
    const { port } = app.getHttpServer().address() as { port: number };
    return {
      name: 'issuer',
      listens: { http: `http://${printAddress({ host: config.listen.host, port })}` },
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
