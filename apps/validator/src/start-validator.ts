import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import {
  type Logger,
  NestLog,
  ProblemFilter,
  type RunningApp,
  httpsOptions,
  observeHttp,
  openStore,
} from '@openclaw/platform';
import { GrpcEndpoint } from './grpc/grpc-endpoint';
import { openParts, type ValidatorParts } from './open-parts';
import type { ValidatorConfig } from './validator.config';
import { ValidatorModule } from './validator.module';

/** How long a start waits for the first lease before it says that it is ready to be asked. */
const FIRST_LEASE_MAX_MS = 5_000;

/**
 * Starts the validator: the log first, the ports last. Resolves when it decides, or after five seconds all the same:
 * then it answers UNAVAILABLE until it has a lease. `close` lets calls in hand finish and sends what was recorded.
 */
export const startValidator = async (config: ValidatorConfig, logger: Logger): Promise<RunningApp> => {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const store = openStore(config.log, config.instance, logger);
    closing.push(() => store.close());
    const parts = await openParts(store, config, logger);
    closing.push(() => parts.close());
    const http = await openHttp(config, parts, logger);
    closing.push(() => http.close());
    const grpc = new GrpcEndpoint({
      ...parts,
      callers: config.callers,
      logger,
      listen: config.grpcListen,
      tls: config.tls,
      reflection: config.reflection,
    });
    closing.push(() => grpc.close());
    const listens = { grpc: await grpc.listen(), http: http.url };
    await parts.standing.firstLease(AbortSignal.timeout(FIRST_LEASE_MAX_MS));
    return { name: 'validator', listens, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const openHttp = async (
  { httpListen, callers, tls }: ValidatorConfig,
  { api, validateCode, standing }: ValidatorParts,
  logger: Logger,
): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const app = await NestFactory.create(ValidatorModule.register({ api, validateCode, standing, callers }), {
    logger: new NestLog(logger),
    abortOnError: false,
    ...httpsOptions(tls),
  });
  observeHttp(app);
  app.useGlobalFilters(new ProblemFilter(logger));
  await app.listen(httpListen.port, httpListen.host);
  return { url: await app.getUrl(), close: () => app.close() };
};
