import {
  ConfigRefused, type ListenAddress, type ListenerTls, type LogConfig, type OperatorAccess, anyListenAddress, flag,
  listenAddress, listenerSecurity, logConfigOf, logVariables, operatorAccessOf, operatorAccessVariables, optionalFlag,
  pepperFile, readConfig, reflectionWanted, secretFile, tlsVariables,
} from '@openclaw/platform'; // prettier-ignore
import type { Pepper } from '@openclaw/contracts';
import { z } from 'zod';
import { type OAuthConfig, oauthConfigOf, oauthVariables } from './describe-oauth/oauth.config';
import { type SecretsConfig, secretsConfigOf, secretsVariables } from './secrets.config';

export interface IssuerConfig {
  readonly listen: ListenAddress;
  readonly grpcListen: ListenAddress;
  readonly reflection: boolean;
  /** Undefined: plain text. */
  readonly tls: ListenerTls | undefined;
  readonly log: LogConfig;
  readonly access: OperatorAccess;
  readonly boundMs: number;
  /** The laxest bound that a code may have of its own (grace), milliseconds; below L: none. */
  readonly graceMaxMs: number;
  readonly usagePartitions: number;
  readonly pepper: Pepper;
  readonly secrets: SecretsConfig;
  readonly oauth: OAuthConfig;
  /** Token of the bootstrap admin. */
  readonly bootstrapToken: string;
  readonly instance: string;
}

const variables = z.object({
  ...logVariables,
  ...tlsVariables,
  ...operatorAccessVariables,
  OPENCLAW_ISSUER_HTTP_LISTEN: listenAddress('127.0.0.1:7100'),
  /** By default the port after that of HTTP, on the same host; any free one beside any free one. */
  OPENCLAW_ISSUER_GRPC_LISTEN: anyListenAddress.optional(),
  OPENCLAW_GRPC_REFLECTION: optionalFlag,
  ...secretsVariables,
  ...oauthVariables,
  OPENCLAW_PEPPER_FILE: pepperFile,
  OPENCLAW_BOOTSTRAP_TOKEN_FILE: secretFile,
  OPENCLAW_ISSUER_NAME: z.string().default('issuer-1'),
  OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: flag,
});

/** The issuer's configuration from environment variables; throws `ConfigRefused` with every fault. */
export const issuerConfig = (env: Readonly<Record<string, string | undefined>>): IssuerConfig => {
  const values = readConfig(variables, env);
  const log = logConfigOf(values);
  const listen = values.OPENCLAW_ISSUER_HTTP_LISTEN;
  const grpcListen = values.OPENCLAW_ISSUER_GRPC_LISTEN ?? portAfter(listen);
  const listens = { OPENCLAW_ISSUER_HTTP_LISTEN: listen, OPENCLAW_ISSUER_GRPC_LISTEN: grpcListen };
  const { tls, faults: insecure } = listenerSecurity(values, listens);
  const faults = [...insecure];
  const secrets = secretsConfigOf(values);
  for (const part of [log, secrets]) if (typeof part === 'string') faults.push(part);
  if (faults.length > 0 || typeof log === 'string' || typeof secrets === 'string') throw new ConfigRefused(faults);
  return {
    tls,
    listen,
    grpcListen,
    reflection: reflectionWanted(values.OPENCLAW_GRPC_REFLECTION, grpcListen),
    log,
    access: operatorAccessOf(values),
    boundMs: values.OPENCLAW_FRESHNESS_BOUND_MS,
    graceMaxMs: values.OPENCLAW_FRESHNESS_GRACE_MAX_MS,
    usagePartitions: values.OPENCLAW_USAGE_PARTITIONS,
    pepper: values.OPENCLAW_PEPPER_FILE,
    secrets,
    oauth: oauthConfigOf(values),
    bootstrapToken: values.OPENCLAW_BOOTSTRAP_TOKEN_FILE,
    instance: values.OPENCLAW_ISSUER_NAME,
  };
};

const PORT_MAX = 65_535;
const portAfter = ({ host, port }: ListenAddress): ListenAddress => ({
  host,
  port: port === 0 || port === PORT_MAX ? 0 : port + 1,
});
