import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@openclaw/embedded-postgres';
import { type Installation, install } from '@openclaw/suite';
import { sharedKafka } from '@openclaw/test/testbench';
import { type Started, type System, killApp, readToken, startApp, stopApp } from './system';

export type ServiceName = 'issuer' | 'validator' | 'audit' | 'anomaly';

export interface KafkaSystem extends System {
  /** Every validator; the first is `validator`. */
  readonly validators: readonly string[];
  /** Where its topics are. */
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string };
  /** Ends one service (of the validators the first) as a crash does. */
  kill(service: ServiceName): Promise<void>;
  /** Starts it again where it listened before; resolves when it says that it is ready. */
  restart(service: ServiceName): Promise<void>;
}

export interface KafkaSystemOptions {
  /** How many share the load. */
  readonly validators?: number;
  /** For every service, besides what it needs. */
  readonly environment?: Addresses;
}

/**
 * A process per service, as an operator runs them apart: a real Kafka for the log, a real PostgreSQL for views and
 * secrets.
 */
export const startKafkaSystem = async (folder: string, options: KafkaSystemOptions = {}): Promise<KafkaSystem> => {
  const closing: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const kafka = await sharedKafka(1);
    const topicPrefix = `demo-${randomUUID().slice(0, 8)}.`;
    closing.push(() => kafka.stop());
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: true });
    closing.push(() => postgres.stop());
    const installation = await install({
      adminUrl: postgres.url,
      folder: join(folder, 'secrets'),
      kafka: {
        OPENCLAW_KAFKA_BROKERS: kafka.brokers.join(','),
        OPENCLAW_KAFKA_SINGLE_BROKER: 'true',
        OPENCLAW_KAFKA_TOPIC_PREFIX: topicPrefix,
      },
    });
    const services = await startServices(installation, closing, options);
    return { ...services, kafka: { brokers: kafka.brokers, topicPrefix }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

type Addresses = Readonly<Record<string, string>>;

const FREE = '127.0.0.1:0';

/** One service as a process of its own, that can die and come back. */
class Service {
  #app: Started | undefined;
  listens: Addresses = {};

  constructor(
    private readonly name: ServiceName,
    private readonly environment: NodeJS.ProcessEnv,
    /** Variable -> what the service calls that listener. */
    private readonly listeners: Addresses,
  ) {}

  async start(): Promise<this> {
    const addresses = Object.entries(this.listeners).map(([variable, listener]) => [
      variable,
      this.listens[listener]?.replace(/^[a-z]+:\/\//, '') ?? FREE,
    ]);
    const env = { ...this.environment, ...(Object.fromEntries(addresses) as Addresses) };
    this.#app = await startApp(this.name, env, (line) => line.includes('is ready'));
    this.listens = (JSON.parse(this.#app.lines.at(-1) ?? '{}') as { listens: Addresses }).listens;
    return this;
  }

  async stop(): Promise<void> {
    if (this.#app !== undefined) await stopApp(this.#app);
  }

  async kill(): Promise<void> {
    if (this.#app !== undefined) await killApp(this.#app);
  }
}

const startServices = async (
  { files, environment }: Installation,
  closing: (() => Promise<void>)[],
  { validators: count = 1, environment: common = {} }: KafkaSystemOptions,
): Promise<Omit<KafkaSystem, 'stop' | 'kafka'>> => {
  const start = async (name: ServiceName, listeners: Addresses, env: Addresses = {}): Promise<Service> => {
    const service = new Service(name, { ...environment[name], ...common, ...env }, listeners);
    closing.push(() => service.stop());
    return service.start();
  };
  const issuer = await start('issuer', { OPENCLAW_ISSUER_HTTP_LISTEN: 'http' });
  const listeners = { OPENCLAW_VALIDATOR_GRPC_LISTEN: 'grpc', OPENCLAW_VALIDATOR_HTTP_LISTEN: 'http' };
  const validator = await start('validator', listeners, { OPENCLAW_VALIDATOR_NAME: 'validator-1' });
  const validators = [validator];
  for (let i = 1; i < count; i += 1) {
    validators.push(await start('validator', listeners, { OPENCLAW_VALIDATOR_NAME: `validator-${i + 1}` }));
  }
  const audit = await start('audit', { OPENCLAW_AUDIT_HTTP_LISTEN: 'http' });
  const anomaly = await start('anomaly', { OPENCLAW_ANOMALY_HTTP_LISTEN: 'http' });
  const services = { issuer, validator, audit, anomaly };
  return {
    issuer: issuer.listens['http'] ?? '',
    validator: validator.listens['grpc'] ?? '',
    validators: validators.map(({ listens }) => listens['grpc'] ?? ''),
    audit: audit.listens['http'] ?? '',
    anomaly: anomaly.listens['http'] ?? '',
    kill: (name) => services[name].kill(),
    restart: async (name) => void (await services[name].start()),
    operatorToken: readToken(files.bootstrapTokenFile),
    serviceToken: readToken(files.serviceTokenFile),
    auditorToken: readToken(files.auditorTokenFile),
  };
};
