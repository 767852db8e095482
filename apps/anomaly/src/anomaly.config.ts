import {
  ConfigRefused,
  type ListenAddress,
  type LogConfig,
  type OperatorAccess,
  flag,
  listenAddress,
  logConfigOf,
  logVariables,
  operatorAccessOf,
  operatorAccessVariables,
  milliseconds,
  readConfig,
  type ListenerTls,
  listenerSecurity,
  tlsVariables,
} from '@openclaw/platform';
import { type DetectionRules, milliseconds as duration } from '@openclaw/domain';
import { z } from 'zod';

export interface AnomalyConfig {
  readonly listen: ListenAddress;
  /** Undefined: plain text. */
  readonly tls: ListenerTls | undefined;
  readonly log: LogConfig;
  readonly access: OperatorAccess;
  readonly boundMs: number;
  readonly usagePartitions: number;
  readonly rules: DetectionRules;
  readonly instance: string;
}

const DAY_MS = 86_400_000;

const variables = z.object({
  ...logVariables,
  ...tlsVariables,
  ...operatorAccessVariables,
  OPENCLAW_ANOMALY_HTTP_LISTEN: listenAddress('127.0.0.1:7400'),
  OPENCLAW_ANOMALY_NAME: z.string().default('anomaly-1'),
  OPENCLAW_REFUSALS_MIN: z.coerce.number({ message: 'give a whole number' }).int().min(1).max(200).default(5),
  OPENCLAW_REFUSALS_WINDOW_MS: milliseconds(60_000, 1_000, DAY_MS),
  OPENCLAW_REQUESTS_PER_HOUR_MAX: z.coerce.number({ message: 'give a whole number' }).int().min(1).default(10_000),
  OPENCLAW_OUTSIDE_USE_QUIET_MS: milliseconds(3_600_000, 1_000, DAY_MS),
  OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: flag,
});

/** The detector's configuration from environment variables; throws `ConfigRefused` with every fault. */
export const anomalyConfig = (env: Readonly<Record<string, string | undefined>>): AnomalyConfig => {
  const values = readConfig(variables, env);
  const log = logConfigOf(values);
  const listens = { OPENCLAW_ANOMALY_HTTP_LISTEN: values.OPENCLAW_ANOMALY_HTTP_LISTEN };
  const { tls, faults: insecure } = listenerSecurity(values, listens);
  const faults = [...insecure];
  if (typeof log === 'string') faults.push(log);
  if (faults.length > 0 || typeof log === 'string') throw new ConfigRefused(faults);
  return {
    tls,
    listen: values.OPENCLAW_ANOMALY_HTTP_LISTEN,
    log,
    access: operatorAccessOf(values),
    boundMs: values.OPENCLAW_FRESHNESS_BOUND_MS,
    usagePartitions: values.OPENCLAW_USAGE_PARTITIONS,
    rules: {
      'repeated-refusals': {
        refusalsMin: values.OPENCLAW_REFUSALS_MIN,
        windowMs: duration(values.OPENCLAW_REFUSALS_WINDOW_MS),
      },
      'request-rate': { requestsPerHourMax: values.OPENCLAW_REQUESTS_PER_HOUR_MAX },
      'outside-use': { quietMs: duration(values.OPENCLAW_OUTSIDE_USE_QUIET_MS) },
    },
    instance: values.OPENCLAW_ANOMALY_NAME,
  };
};
