import { join } from 'node:path';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { auditConfig, startAudit } from '@openclaw/audit';
import { startEmbeddedPostgres } from '@openclaw/embedded-postgres';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import { type Logger, type RunningApp, createLogger } from '@openclaw/platform';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { type Installation, install } from './install/install.module';
import type { SuiteConfig } from './suite.config';

export interface RunningSuite extends RunningApp {
  readonly installation: Installation;
}

/**
 * Starts everything on one machine: an embedded PostgreSQL in the data folder, then issuer, validator, audit and
 * anomaly in this process, each with its own login and its own connections, as they would run apart.
 */
export const startSuite = async (config: SuiteConfig, env: NodeJS.ProcessEnv): Promise<RunningSuite> => {
  const postgres = await startEmbeddedPostgres({ dataDir: join(config.dataDir, 'postgres'), durable: true });
  const apps: RunningApp[] = [];
  const close = async (): Promise<void> => {
    for (const app of apps.splice(0).reverse()) await app.close();
    await postgres.stop();
  };
  try {
    const { kafka } = config;
    const where = { adminUrl: postgres.url, folder: join(config.dataDir, 'secrets') };
    const installation = await install(kafka === undefined ? where : { ...where, kafka });
    apps.push(...(await startApps(installation, env)));
    return { name: 'suite', listens: listensOf(apps), installation, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The issuer first: it opens an empty log. The others do not depend on each other. */
const startApps = async ({ environment }: Installation, env: NodeJS.ProcessEnv): Promise<RunningApp[]> => {
  const of = (service: keyof typeof environment): NodeJS.ProcessEnv => ({ ...env, ...environment[service] });
  const logger = (service: string): Logger => createLogger(service);
  const issuer = await startIssuer(issuerConfig(of('issuer')), logger('issuer'));
  const others = await Promise.allSettled([
    startValidator(validatorConfig(of('validator')), logger('validator')),
    startAudit(auditConfig(of('audit')), logger('audit')),
    startAnomaly(anomalyConfig(of('anomaly')), logger('anomaly')),
  ]);
  const started = [issuer, ...others.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))];
  const failed = others.find((one) => one.status === 'rejected');
  if (failed === undefined) return started;
  for (const app of started) await app.close();
  throw failed.reason;
};

const listensOf = (apps: readonly RunningApp[]): Record<string, string> =>
  Object.fromEntries(
    apps.flatMap((app) => Object.entries(app.listens).map(([kind, address]) => [`${app.name} ${kind}`, address])),
  );
