import {
  ConfigRefused, type ListenAddress, type LogConfig, type OperatorAccess, flag, listenAddress, logConfigOf, logVariables, operatorAccessOf, operatorAccessVariables, readConfig,
  type ListenerTls, listenerSecurity, tlsVariables,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';

export interface AuditConfig {
  readonly listen: ListenAddress;
  /** Undefined: plain text. */
  readonly tls: ListenerTls | undefined;
  readonly log: LogConfig;
  readonly access: OperatorAccess;
  readonly boundMs: number;
  readonly usagePartitions: number;
  /** PostgreSQL that holds the views. */
  readonly viewsUrl: string;
  readonly instance: string;
}

const variables = z.object({
  ...logVariables,
  ...tlsVariables,
  ...operatorAccessVariables,
  OPENCLAW_AUDIT_HTTP_LISTEN: listenAddress('127.0.0.1:7300'),
  OPENCLAW_VIEWS_URL: z
    .string({ message: 'needed: a postgresql:// address' })
    .startsWith('postgres', 'give a postgresql:// address'),
  OPENCLAW_AUDIT_NAME: z.string().default('audit-1'),
  OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: flag,
});

/** The audit service's configuration from environment variables; throws `ConfigRefused` with every fault. */
export const auditConfig = (env: Readonly<Record<string, string | undefined>>): AuditConfig => {
  const values = readConfig(variables, env);
  const log = logConfigOf(values);
  const listens = { OPENCLAW_AUDIT_HTTP_LISTEN: values.OPENCLAW_AUDIT_HTTP_LISTEN };
  const { tls, faults: insecure } = listenerSecurity(values, listens);
  const faults = [...insecure];
  if (typeof log === 'string') faults.push(log);
  if (faults.length > 0 || typeof log === 'string') throw new ConfigRefused(faults);
  return {
    tls,
    listen: values.OPENCLAW_AUDIT_HTTP_LISTEN,
    log,
    access: operatorAccessOf(values),
    boundMs: values.OPENCLAW_FRESHNESS_BOUND_MS,
    usagePartitions: values.OPENCLAW_USAGE_PARTITIONS,
    viewsUrl: values.OPENCLAW_VIEWS_URL,
    instance: values.OPENCLAW_AUDIT_NAME,
  };
};
