import { join } from 'node:path';
import { startEmbeddedPostgres } from '@openclaw/embedded-postgres';
import { type Installation, install } from '@openclaw/suite';
import { startKafka } from '@openclaw/test/testbench';
import { readToken, startApp, stopApp, type System } from './system';

export interface KafkaSystem extends System {
  /** Every validator; the first is `validator`. */
  readonly validators: readonly string[];
}

/**
 * A process per service, as an operator runs them apart: a real Kafka for the log, a real PostgreSQL for views and
 * secrets. `validators` of them share the load.
 */
export const startKafkaSystem = async (folder: string, validators = 1): Promise<KafkaSystem> => {
  const closing: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const kafka = await startKafka({ brokers: 1 });
    closing.push(() => kafka.stop());
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: true });
    closing.push(() => postgres.stop());
    const installation = await install({
      adminUrl: postgres.url,
      folder: join(folder, 'secrets'),
      kafka: {
        OPENCLAW_KAFKA_BROKERS: kafka.brokers.join(','),
        OPENCLAW_KAFKA_SINGLE_BROKER: 'true',
        OPENCLAW_KAFKA_TOPIC_PREFIX: `demo-${process.pid}.`,
      },
    });
    return { ...(await startServices(installation, closing, validators)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

type Addresses = Readonly<Record<string, string>>;

const startServices = async (
  { files, environment }: Installation,
  closing: (() => Promise<void>)[],
  count: number,
): Promise<Omit<KafkaSystem, 'stop'>> => {
  const start = async (service: keyof typeof environment, listens: Addresses): Promise<Addresses> => {
    const app = await startApp(service, { ...environment[service], ...listens }, (line) => line.includes('is ready'));
    closing.push(() => stopApp(app));
    return (JSON.parse(app.lines.at(-1) ?? '{}') as { listens: Addresses }).listens;
  };
  const free = '127.0.0.1:0';
  const issuer = await start('issuer', { OPENCLAW_ISSUER_HTTP_LISTEN: free });
  const validators: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const { grpc } = await start('validator', {
      OPENCLAW_VALIDATOR_NAME: `validator-${i + 1}`,
      OPENCLAW_VALIDATOR_GRPC_LISTEN: free,
      OPENCLAW_VALIDATOR_HTTP_LISTEN: free,
    });
    validators.push(grpc ?? '');
  }
  const audit = await start('audit', { OPENCLAW_AUDIT_HTTP_LISTEN: free });
  const anomaly = await start('anomaly', { OPENCLAW_ANOMALY_HTTP_LISTEN: free });
  return {
    issuer: issuer['http'] ?? '',
    validator: validators[0] ?? '',
    validators,
    audit: audit['http'] ?? '',
    anomaly: anomaly['http'] ?? '',
    operatorToken: readToken(files.bootstrapTokenFile),
    serviceToken: readToken(files.serviceTokenFile),
    auditorToken: readToken(files.auditorTokenFile),
  };
};
