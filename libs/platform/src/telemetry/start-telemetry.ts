import { DiagLogLevel, type DiagLogger, diag, logs, metrics, trace } from '@opentelemetry/api';
import { TELEMETRY_TROUBLE } from '../logging/log-sink';
import type { Logger } from '../logging/logger';
import { telemetryConfig } from './telemetry.config';

export interface Telemetry {
  /** Sends what is waiting, within a bound; never rejects. */
  close(): Promise<void>;
}

const OFF: Telemetry = { close: () => Promise.resolve() };
const LAST_EXPORT_MAX_MS = 2_000;

/**
 * Starts OpenTelemetry when `env`, which is `process.env` (the SDK reads the rest of its variables there), names a place to send to; without one nothing of the SDK is even loaded.
 * Call before the service is opened: instruments of metrics bind to what is there when they are made. Nothing about the
 * process is detected (its command line, its owner): only what is named here and in `OTEL_RESOURCE_ATTRIBUTES` is told.
 */
export const startTelemetry = async (
  service: string,
  env: Readonly<Record<string, string | undefined>>,
  logger: Logger,
): Promise<Telemetry> => {
  const config = telemetryConfig(service, env);
  if (config === undefined) return OFF;
  const { startNodeSdk } = await import('@opentelemetry/sdk-node');
  const sdk = startNodeSdk({
    logLevel: 'none', // it would write to the console
    propagators: [], // contexts are read and written by hand: `trace-context.ts`
    resourceDetectors: [],
    resourceAttributes: { 'service.name': config.serviceName, 'service.namespace': 'openclaw' },
  });
  diag.setLogger(troubleLog(logger), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return {
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_EXPORT_MAX_MS).unref());
      await Promise.race([sdk.shutdown().catch(ignore), late]);
      for (const api of [logs, metrics, trace, diag]) api.disable();
    },
  };
};

const REASON_MAX = 300;
const QUIET_MS = 60_000;
const ignore = (): void => undefined;

/** What the SDK complains of, at most once a minute: while a collector is away, every export fails. */
const troubleLog = (logger: Logger): DiagLogger => {
  let quietUntilMs = 0;
  const trouble = (...said: readonly unknown[]): void => {
    if (performance.now() < quietUntilMs) return;
    quietUntilMs = performance.now() + QUIET_MS;
    const reason = said.map((one) => (one instanceof Error ? one.message : String(one))).join(' ');
    logger.warn({ reason: reason.slice(0, REASON_MAX) }, TELEMETRY_TROUBLE);
  };
  return { error: trouble, warn: trouble, info: ignore, debug: ignore, verbose: ignore };
};
