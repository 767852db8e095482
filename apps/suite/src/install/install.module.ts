import { join } from 'node:path';
import { DEFAULT_TOPIC_POLICY, TOPIC, topicSpecs } from '@openclaw/contracts';
import { grantPostgresJournalLogin, migratePostgresJournalStore } from '@openclaw/event-log-postgres';
import { type LogConfig, createLogger, openStore } from '@openclaw/platform';
import { grantViewsLogin } from '@openclaw/read-models-postgres';
import { ensureKeyFile, grantPostgresSecretLogin, migratePostgresSecretStore } from '@openclaw/secret-store-postgres';
import { type SecretFiles, secretFiles } from './secret-files';

export type Variables = Readonly<Record<string, string>>;

export interface Installation {
  readonly files: SecretFiles;
  /** What each service needs in its environment, besides its listen addresses. */
  readonly environment: Readonly<Record<'issuer' | 'validator' | 'audit' | 'anomaly', Variables>>;
}

export interface InstallOptions {
  /** Administrator of the PostgreSQL database that holds views, secrets and (unless it is on Kafka) the log. */
  readonly adminUrl: string;
  /** Folder for secrets; mode 700. */
  readonly folder: string;
  /** The Kafka variables when the log is on Kafka; without them it is on PostgreSQL. */
  readonly kafka?: Variables;
  /** Partitions of the usage topic: fixed for the life of the deployment once it exists. Default 4. */
  readonly usagePartitions?: number;
}

const USAGE_PARTITIONS = 4;

/** Who may append to which topic (ARCHITECTURE section 3): on PostgreSQL by login, on Kafka by ACL. */
const APPENDS = {
  issuer: [TOPIC.lifecycle, TOPIC.coordination],
  validator: [TOPIC.redemptions, TOPIC.usage, TOPIC.coordination],
  audit: [TOPIC.deadLetter, TOPIC.checkpoints, TOPIC.coordination],
  anomaly: [TOPIC.alerts, TOPIC.coordination],
} as const;

/**
 * Makes a database ready: schemas, one login per service with exactly its rights, and the secret files. Idempotent:
 * run it at every start, and after an upgrade.
 */
export const install = async (options: InstallOptions): Promise<Installation> => {
  const { adminUrl, folder, kafka, usagePartitions = USAGE_PARTITIONS } = options;
  const files = secretFiles(folder);
  await ensureKeyFile(files.envelopeKeyFile);
  await migratePostgresSecretStore(adminUrl);
  await makeTopics(options, files, usagePartitions);
  const common = { OPENCLAW_USAGE_PARTITIONS: String(usagePartitions) };
  const logOf = async (service: keyof typeof APPENDS): Promise<Variables> => {
    if (kafka !== undefined) return { OPENCLAW_LOG: 'kafka', ...kafka, ...common };
    const login = `openclaw_${service}`;
    const url = await grantPostgresJournalLogin(adminUrl, {
      login,
      password: files.passwordOf(login),
      appendTo: APPENDS[service],
    });
    return { OPENCLAW_LOG: 'postgres', OPENCLAW_LOG_URL: url, ...common };
  };
  const operators = { OPENCLAW_OPERATOR_PEPPER_FILE: files.operatorPepperFile };
  const secrets = { login: 'openclaw_secrets', password: files.passwordOf('openclaw_secrets') };
  const views = { login: 'openclaw_views', password: files.passwordOf('openclaw_views') };
  return {
    files,
    environment: {
      issuer: {
        ...(await logOf('issuer')),
        ...operators,
        OPENCLAW_SECRETS_URL: await grantPostgresSecretLogin(adminUrl, secrets),
        OPENCLAW_ENVELOPE_KEY_FILE: files.envelopeKeyFile,
        OPENCLAW_PEPPER_FILE: files.pepperFile,
        OPENCLAW_BOOTSTRAP_TOKEN_FILE: files.bootstrapTokenFile,
      },
      validator: {
        ...(await logOf('validator')),
        OPENCLAW_PEPPER_FILE: files.pepperFile,
        OPENCLAW_SERVICE_TOKENS_FILE: files.serviceTokensFile,
        OPENCLAW_USAGE_SPOOL_DIR: join(folder, 'usage-spool'),
        OPENCLAW_SNAPSHOT_DIR: join(folder, 'snapshots'),
      },
      audit: { ...(await logOf('audit')), ...operators, OPENCLAW_VIEWS_URL: await grantViewsLogin(adminUrl, views) },
      anomaly: { ...(await logOf('anomaly')), ...operators },
    },
  };
};

/** Every topic with its settings, so that services may start in any order. The login for it can append to nothing after. */
const makeTopics = async (
  { adminUrl, kafka }: InstallOptions,
  files: SecretFiles,
  usagePartitions: number,
): Promise<void> => {
  const login = 'openclaw_installer';
  const granted = { login, password: files.passwordOf(login) };
  let log: LogConfig;
  if (kafka === undefined) {
    await migratePostgresJournalStore(adminUrl);
    log = { kind: 'postgres', url: await grantPostgresJournalLogin(adminUrl, { ...granted, appendTo: 'every topic' }) };
  } else log = kafkaConfig(kafka);
  const store = openStore(log, 'install', createLogger('install'));
  try {
    await store.ensureTopics(Object.values(topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions })));
  } finally {
    await store.close();
  }
  if (kafka === undefined) await grantPostgresJournalLogin(adminUrl, { ...granted, appendTo: [] });
};

const kafkaConfig = (kafka: Variables): LogConfig => ({
  kind: 'kafka',
  brokers: (kafka['OPENCLAW_KAFKA_BROKERS'] ?? '').split(','),
  singleBroker: kafka['OPENCLAW_KAFKA_SINGLE_BROKER'] === 'true',
  topicPrefix: kafka['OPENCLAW_KAFKA_TOPIC_PREFIX'] ?? '',
});
