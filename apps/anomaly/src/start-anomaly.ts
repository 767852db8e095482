import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  type Logger,
  NestLog,
  type RunningApp,
  guardOperators,
  httpsOptions,
  observeHttp,
  openStore,
} from '@openclaw/platform';
import type { AnomalyConfig } from './anomaly.config';
import { AnomalyModule } from './anomaly.module';
import { openParts } from './open-parts';

/** Starts the detector: the logs first, the port last. `close` ends the watching and leaves nothing open. */
export const startAnomaly = async (config: AnomalyConfig, logger: Logger): Promise<RunningApp> => {
  const store = openStore(config.log, config.instance, logger);
  const parts = await openParts(store, config, logger);
  const close = async (): Promise<void> => {
    await parts.close();
    await store.close();
  };
  try {
    const module = AnomalyModule.register(parts);
    const options = { logger: new NestLog(logger), abortOnError: false, ...httpsOptions(config.tls) };
    const app = await NestFactory.create<NestExpressApplication>(module, options);
    observeHttp(app);
    guardOperators(app, config.access, logger);
    await app.listen(config.listen.port, config.listen.host);
    return {
      name: 'anomaly',
      listens: { http: await app.getUrl() },
      close: async () => {
        await app.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};
