import { resolve } from 'node:path';
import { readConfig } from '@openclaw/platform';
import { z } from 'zod';

const variables = z.object({
  OPENCLAW_DATA_DIR: z.string().default('.data'),
  OPENCLAW_LOG: z.enum(['postgres', 'kafka'], { message: 'say postgres (embedded) or kafka' }).default('postgres'),
});

export interface SuiteConfig {
  /** Database, secrets: everything that must survive a restart. */
  readonly dataDir: string;
  /** The Kafka variables, when the log is there; undefined = on the embedded PostgreSQL. */
  readonly kafka: Readonly<Record<string, string>> | undefined;
}

export const suiteConfig = (env: Readonly<Record<string, string | undefined>>): SuiteConfig => {
  const values = readConfig(variables, env);
  const kafka = values.OPENCLAW_LOG === 'kafka' ? kafkaVariables(env) : undefined;
  return { dataDir: resolve(values.OPENCLAW_DATA_DIR), kafka };
};

/** The variables that say where Kafka is. */
export const kafkaVariables = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith('OPENCLAW_KAFKA_') && value !== undefined ? [[name, value]] : [],
    ),
  );
