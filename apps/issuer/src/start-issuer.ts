import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { PROTO } from '@openclaw/contracts';
import {
  HEALTH_CHECKS, type HealthCheck, type Logger, NestLog, type RunningApp, guardOperators, httpsOptions, observeHttp, openGrpcListener,
} from '@openclaw/platform'; // prettier-ignore
import type { IssuerConfig } from './issuer.config';
import { IssuerModule, type IssuerParts } from './issuer.module';
import { openParts } from './open-parts.module';

/** Starts the issuer: log and secret store first, the ports last. `close` lets requests in hand finish. */
export const startIssuer = async (config: IssuerConfig, logger: Logger): Promise<RunningApp> =>
  serveIssuer(config, await openParts(config, logger), logger);

/** Opens the ports of an issuer whose parts are open; closes the parts with them, and when it fails. */
export const serveIssuer = async (
  config: IssuerConfig,
  parts: IssuerParts & { close(): Promise<void> },
  logger: Logger,
): Promise<RunningApp> => {
  try {
    const app = await NestFactory.create<NestExpressApplication>(IssuerModule.register(config, parts), {
      logger: new NestLog(logger),
      abortOnError: false,
      ...httpsOptions(config.tls),
    });
    observeHttp(app);
    const guard = guardOperators(app, config.access, logger);
    const { tls, reflection, grpcListen: listen } = config;
    const checks = app.get<readonly HealthCheck[]>(HEALTH_CHECKS);
    const grpc = await openGrpcListener(app, { ...PROTO.issuer, listen, tls, reflection, guard, checks, logger });
    await app.listen(config.listen.port, config.listen.host);
    return {
      name: 'issuer',
      listens: { http: await app.getUrl(), grpc: grpc.address },
      close: async () => {
        await grpc.close();
        await app.close();
        await parts.close();
      },
    };
  } catch (error) {
    await parts.close();
    throw error;
  }
};
