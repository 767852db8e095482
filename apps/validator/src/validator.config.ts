import type { Pepper } from '@openclaw/contracts';
import {
  ConfigRefused, type ListenAddress, type ListenerTls, listenerSecurity, tlsVariables, type LogConfig, flag, listenAddress, logConfigOf, logVariables, pepperFile,
  readConfig, refusePlainTextBeyondLoopback,
} from '@openclaw/platform'; // prettier-ignore
import { z } from 'zod';
import type { KnownCallers } from './callers/known-callers';
import { knownCallersFile } from './callers/known-callers-file';
import type { SnapshotConfig } from './code-index/snapshot/snapshot-folder';
import type { UsageConfig } from './usage/open-usage';

/** What deciding needs, behind ports or within another process. */
export interface EngineConfig {
  readonly log: LogConfig;
  /** L, milliseconds: no use is allowed later than the acknowledgement of a revocation plus this. */
  readonly boundMs: number;
  /** The laxest bound that a code may have of its own (grace), milliseconds; below L: none. */
  readonly graceMaxMs: number;
  readonly usagePartitions: number;
  readonly usage: UsageConfig;
  /** Undefined: nothing is kept, and every start reads the log from its beginning. */
  readonly snapshots: SnapshotConfig | undefined;
  readonly pepper: Pepper;
  readonly instance: string;
}

export interface ValidatorConfig extends EngineConfig {
  /** Undefined: plain text. */
  readonly tls: ListenerTls | undefined;
  readonly grpcListen: ListenAddress;
  readonly httpListen: ListenAddress;
  readonly reflection: boolean;
  readonly callers: KnownCallers;
}

const engineVariables = z.object({
  ...logVariables,
  OPENCLAW_PEPPER_FILE: pepperFile,
  OPENCLAW_VALIDATOR_NAME: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'use 1 to 64 letters, digits, dots, dashes')
    .default('validator-1'),
  OPENCLAW_USAGE_SPOOL_DIR: z.string({ message: 'needed: a folder that survives a restart, for usage records' }).min(1),
  OPENCLAW_USAGE_DURABILITY: z.enum(['fsync', 'page-cache', 'log'], 'say fsync, page-cache or log').default('fsync'),
  OPENCLAW_USAGE_SPOOL_MAX_MIB: z.coerce.number().int().min(1, 'at least 1').max(65_536).default(256),
  OPENCLAW_SNAPSHOT_DIR: z.string().min(1, 'name a folder that survives a restart, or leave it out').optional(),
  OPENCLAW_SNAPSHOT_EVERY_S: z.coerce.number().int().min(1, 'at least 1').max(86_400, 'at most 86400').default(300),
});

const variables = z.object({
  ...engineVariables.shape,
  ...tlsVariables,
  OPENCLAW_VALIDATOR_GRPC_LISTEN: listenAddress('127.0.0.1:7201'),
  OPENCLAW_VALIDATOR_HTTP_LISTEN: listenAddress('127.0.0.1:7200'),
  OPENCLAW_SERVICE_TOKENS_FILE: knownCallersFile,
  /** Off beyond loopback unless asked for: it tells strangers the whole interface. */
  OPENCLAW_GRPC_REFLECTION: z.enum(['true', 'false'], { message: 'say true or false' }).optional(),
  OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: flag,
});

/** The validator's configuration from environment variables; throws `ConfigRefused` with every fault. */
export const validatorConfig = (env: Readonly<Record<string, string | undefined>>): ValidatorConfig => {
  const values = readConfig(variables, env);
  const engine = engineOf(values);
  const { OPENCLAW_VALIDATOR_GRPC_LISTEN: grpcListen, OPENCLAW_VALIDATOR_HTTP_LISTEN: httpListen } = values;
  const listens = { OPENCLAW_VALIDATOR_GRPC_LISTEN: grpcListen, OPENCLAW_VALIDATOR_HTTP_LISTEN: httpListen };
  const { tls, faults: insecure } = listenerSecurity(values, listens);
  const faults = [...insecure];
  if (typeof engine === 'string') faults.push(engine);
  if (faults.length > 0 || typeof engine === 'string') throw new ConfigRefused(faults);
  const isLoopback = refusePlainTextBeyondLoopback({ grpcListen }, false).length === 0;
  return {
    ...engine,
    tls,
    grpcListen,
    httpListen,
    reflection: (values.OPENCLAW_GRPC_REFLECTION ?? String(isLoopback)) === 'true',
    callers: values.OPENCLAW_SERVICE_TOKENS_FILE,
  };
};

/** That of an embedded validator: the validator's, without ports and callers; throws `ConfigRefused` with every fault. */
export const engineConfig = (env: Readonly<Record<string, string | undefined>>): EngineConfig => {
  const engine = engineOf(readConfig(engineVariables, env));
  if (typeof engine === 'string') throw new ConfigRefused([engine]);
  return engine;
};

/** Or what is wrong with the log's part. */
const engineOf = (values: z.output<typeof engineVariables>): EngineConfig | string => {
  const log = logConfigOf(values);
  if (typeof log === 'string') return log;
  return {
    log,
    boundMs: values.OPENCLAW_FRESHNESS_BOUND_MS,
    graceMaxMs: values.OPENCLAW_FRESHNESS_GRACE_MAX_MS,
    usagePartitions: values.OPENCLAW_USAGE_PARTITIONS,
    usage: {
      spoolDir: values.OPENCLAW_USAGE_SPOOL_DIR,
      durability: values.OPENCLAW_USAGE_DURABILITY,
      bytesMax: values.OPENCLAW_USAGE_SPOOL_MAX_MIB * 1024 * 1024,
    },
    snapshots: snapshotsOf(values.OPENCLAW_SNAPSHOT_DIR, values.OPENCLAW_SNAPSHOT_EVERY_S),
    pepper: values.OPENCLAW_PEPPER_FILE,
    instance: values.OPENCLAW_VALIDATOR_NAME,
  };
};

const snapshotsOf = (folder: string | undefined, everyS: number): SnapshotConfig | undefined =>
  folder === undefined ? undefined : { folder, everyMs: everyS * 1000 };
