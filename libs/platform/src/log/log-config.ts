import { z } from 'zod';
import { flag, milliseconds } from '../config/read-config';

export type LogConfig =
  | { readonly kind: 'postgres'; readonly url: string }
  | {
      readonly kind: 'kafka';
      readonly brokers: readonly string[];
      readonly singleBroker: boolean;
      readonly topicPrefix: string;
    };

/** Variables that every service shares: where the log is, and the bound L of the deployment. */
export const logVariables = {
  OPENCLAW_LOG: z.enum(['postgres', 'kafka'], { message: 'say postgres or kafka' }).default('postgres'),
  OPENCLAW_LOG_URL: z.string().startsWith('postgres', 'give a postgresql:// address').optional(),
  OPENCLAW_KAFKA_BROKERS: z.string().optional(),
  OPENCLAW_KAFKA_SINGLE_BROKER: flag,
  OPENCLAW_KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-z0-9.-]{0,40}$/, 'use lower-case letters, digits, dots')
    .default(''),
  OPENCLAW_FRESHNESS_BOUND_MS: milliseconds(10_000, 250, 600_000),
  OPENCLAW_FRESHNESS_GRACE_MAX_MS: milliseconds(0, 0, 86_400_000),
  OPENCLAW_USAGE_PARTITIONS: z.coerce.number().int().min(1).max(256).default(4),
};

type LogVariables = z.output<z.ZodObject<typeof logVariables>>;

/** The log's address out of the variables; faults name what is missing for the chosen kind. */
export const logConfigOf = (values: LogVariables): LogConfig | string => {
  if (values.OPENCLAW_LOG === 'postgres') {
    if (values.OPENCLAW_LOG_URL === undefined) return 'OPENCLAW_LOG_URL: needed because OPENCLAW_LOG is postgres';
    return { kind: 'postgres', url: values.OPENCLAW_LOG_URL };
  }
  const brokers = (values.OPENCLAW_KAFKA_BROKERS ?? '').split(',').filter((one) => one !== '');
  if (brokers.length === 0) return 'OPENCLAW_KAFKA_BROKERS: needed because OPENCLAW_LOG is kafka (host:port,host:port)';
  const { OPENCLAW_KAFKA_SINGLE_BROKER: singleBroker, OPENCLAW_KAFKA_TOPIC_PREFIX: topicPrefix } = values;
  return { kind: 'kafka', brokers, singleBroker, topicPrefix };
};
