import { ConfigRefused } from '../config/read-config';
import { type Logger, logSettingFaults } from '../logging/logger';
import { startTelemetry } from '../telemetry/start-telemetry';

/** One started service: where it listens, and how it ends. */
export interface RunningApp {
  readonly name: string;
  /** For people and tools: `http`, `grpc` -> address. */
  readonly listens: Readonly<Record<string, string>>;
  /** Stops taking work, finishes what is in hand, releases everything. Safe to call again. */
  close(): Promise<void>;
}

/** How long a graceful stop may take before the process ends anyway. */
const STOP_TIMEOUT_MS = 10_000;

/**
 * Starts telemetry, then a service, and ties it to the process: a start that fails ends it with code 1 and the reason;
 * SIGTERM and SIGINT stop it gracefully, within a bound; a fault that nobody caught ends it through the log, where it is
 * redacted, instead of on standard error, where it is not.
 */
export const runApp = async (service: string, start: () => Promise<RunningApp>, logger: Logger): Promise<void> => {
  process.once('uncaughtException', (error) => endOnFault(error, logger));
  process.once('unhandledRejection', (error) => endOnFault(error, logger));
  try {
    const faults = logSettingFaults(process.env);
    if (faults.length > 0) throw new ConfigRefused(faults);
    const telemetry = await startTelemetry(service, process.env, logger);
    const app = await start();
    const stop = (): void => {
      setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
      app
        .close()
        .finally(() => telemetry.close())
        .then(
          () => process.exit(0),
          () => process.exit(1),
        );
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    logger.info({ listens: app.listens }, `${app.name} is ready`);
  } catch (error) {
    logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'the service cannot start');
    process.exit(1);
  }
};

const endOnFault = (error: unknown, logger: Logger): void => {
  const where = error instanceof Error ? error.stack : String(error);
  logger.error({ reason: error instanceof Error ? error.name : typeof error, where }, 'a fault ends this process');
  process.exit(1);
};

/** The history is not what it was: nothing this process says can be trusted, so it ends at once and loudly. */
export const endProcessOnHalt =
  (logger: Logger) =>
  (reason: Error): void => {
    logger.error({ reason: reason.message }, 'the log halted: this process ends');
    process.exit(70);
  };
