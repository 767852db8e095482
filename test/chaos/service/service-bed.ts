import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretFiles } from '@openclaw/suite';
import { type Answer, rest } from '../../demo/clients';
import { readToken } from '../../demo/system';
import { sharedKafka } from '../../testbench';
import { hostMs } from '../workload/history';
import type { Planted } from './planted';
import { ServiceProcess } from './service-process';

const KEY_REF = 'chaos@1';
const KEY_VARIABLE = 'OPENCLAW_SECRET_CHAOS_1';
const FREE_PORT = 0;

export const USAGE_PARTITIONS = 2;

/** The canary in place of a real key. */
export const MASTER_KEY = `sk-chaos-${'k'.repeat(40)}`;

type Variables = Readonly<Record<string, string>>;

export interface BedOptions {
  readonly brokers: readonly string[];
  /** L of the deployment, milliseconds. */
  readonly boundMs: number;
  /** In the issuer. */
  readonly planted?: Planted;
}

export interface ValidatorOrder {
  readonly name: string;
  readonly planted?: Planted | undefined;
  /** Where it listens and what starts its command, when that is not loopback. */
  readonly host?: { readonly address: string; readonly enter: readonly string[] } | undefined;
  /** How it reaches the log, when that is not the way of everybody. */
  readonly brokers?: readonly string[];
}

export interface IssuedCode {
  readonly code: string;
  readonly codeId: string;
  /** Position token of the answer. */
  readonly position: string;
}

/**
 * A deployment of real processes on a real Kafka: one issuer, and any number of validators that come and go. Each bed
 * has topics of its own, so that several can follow each other on one cluster.
 */
export class ServiceBed {
  /** Everything that runs besides the first issuer. */
  readonly #others = new Set<ServiceProcess>();
  readonly #call;
  #masterKeyId = '';

  private constructor(
    readonly issuer: ServiceProcess,
    private readonly env: Readonly<Record<'issuer' | 'validator', Variables>>,
    readonly folder: string,
    readonly tokens: Readonly<Record<'operator' | 'service' | 'auditor', string>>,
  ) {
    this.#call = rest(issuer.listens['http'] ?? '', tokens.operator);
  }

  /** Opens a bed on the one broker that tests share, and ends it whatever happens. */
  static async onSharedKafka<T>(
    options: Omit<BedOptions, 'brokers'>,
    body: (bed: ServiceBed, brokers: readonly string[]) => Promise<T>,
  ): Promise<T> {
    const kafka = await sharedKafka(1);
    try {
      const bed = await ServiceBed.open({ ...options, brokers: kafka.brokers });
      try {
        return await body(bed, kafka.brokers);
      } finally {
        await bed.close();
      }
    } finally {
      await kafka.stop();
    }
  }

  get topicPrefix(): string {
    return this.env.issuer['OPENCLAW_KAFKA_TOPIC_PREFIX'] ?? '';
  }

  static async open({ brokers, boundMs, planted }: BedOptions): Promise<ServiceBed> {
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-chaos-'));
    const files = secretFiles(join(folder, 'secrets'));
    const env = {
      OPENCLAW_LOG: 'kafka',
      OPENCLAW_KAFKA_BROKERS: brokers.join(','),
      OPENCLAW_KAFKA_SINGLE_BROKER: String(brokers.length === 1),
      OPENCLAW_KAFKA_TOPIC_PREFIX: `chaos-${randomUUID().slice(0, 8)}.`,
      OPENCLAW_FRESHNESS_BOUND_MS: String(boundMs),
      OPENCLAW_USAGE_PARTITIONS: String(USAGE_PARTITIONS),
      OPENCLAW_PEPPER_FILE: files.pepperFile,
      OPENCLAW_SERVICE_TOKENS_FILE: files.serviceTokensFile,
    };
    const issuerEnv = {
      ...env,
      OPENCLAW_ISSUER_HTTP_LISTEN: `127.0.0.1:${FREE_PORT}`,
      OPENCLAW_OPERATOR_PEPPER_FILE: files.operatorPepperFile,
      OPENCLAW_BOOTSTRAP_TOKEN_FILE: files.bootstrapTokenFile,
      OPENCLAW_SECRET_STORE: 'environment',
      [KEY_VARIABLE]: MASTER_KEY,
    };
    const issuer = await ServiceProcess.start({ app: 'issuer', planted, env: issuerEnv });
    const bed = new ServiceBed(issuer, { issuer: issuerEnv, validator: env }, folder, {
      operator: readToken(files.bootstrapTokenFile),
      service: readToken(files.serviceTokenFile),
      auditor: readToken(files.auditorTokenFile),
    });
    try {
      const key = await bed.call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secretRef: KEY_REF });
      bed.#masterKeyId = String(key.body['masterKeyId']);
      return bed;
    } catch (error) {
      await bed.close();
      throw error;
    }
  }

  /** Resolves when it decides. The caller stops or kills it; what is left is killed by `close`. */
  async startValidator({ name, planted, host, brokers }: ValidatorOrder): Promise<ServiceProcess> {
    const address = host?.address ?? '127.0.0.1';
    const validator = await ServiceProcess.start({
      app: 'validator',
      planted,
      enter: host?.enter,
      env: {
        ...this.env.validator,
        ...(brokers === undefined ? {} : { OPENCLAW_KAFKA_BROKERS: brokers.join(',') }),
        OPENCLAW_VALIDATOR_NAME: name,
        OPENCLAW_VALIDATOR_GRPC_LISTEN: `${address}:${FREE_PORT}`,
        OPENCLAW_VALIDATOR_HTTP_LISTEN: `${address}:${FREE_PORT}`,
        OPENCLAW_USAGE_SPOOL_DIR: join(this.folder, 'spool'),
        OPENCLAW_ALLOW_PLAINTEXT_BEYOND_LOOPBACK: String(host !== undefined),
      },
    });
    this.#others.add(validator);
    return validator;
  }

  /** One more issuer; resolves with its address. */
  async startIssuer(name: string, planted?: Planted): Promise<string> {
    const env = { ...this.env.issuer, OPENCLAW_ISSUER_NAME: name };
    const issuer = await ServiceProcess.start({ app: 'issuer', planted, env });
    this.#others.add(issuer);
    return issuer.listens['http'] ?? '';
  }

  /** A detector that follows the usage of this bed. */
  async startAnomaly(name: string, planted: Planted): Promise<ServiceProcess> {
    const listen = { OPENCLAW_ANOMALY_HTTP_LISTEN: `127.0.0.1:${FREE_PORT}`, OPENCLAW_ANOMALY_NAME: name };
    const anomaly = await ServiceProcess.start({ app: 'anomaly', planted, env: { ...this.env.issuer, ...listen } });
    this.#others.add(anomaly);
    return anomaly;
  }

  /** An operator's call. Rejects for anything but an answer of 2xx. */
  async call(method: string, path: string, body?: object): Promise<Answer> {
    const answer = await this.#call(method, path, body);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async issue(settings: object = {}): Promise<IssuedCode> {
    const asked = { masterKeyId: this.#masterKeyId, label: 'chaos', scopes: ['openai:gpt-4o:chat'], ...settings };
    const { body } = await this.call('POST', '/v1/codes', asked);
    return { code: String(body['code']), codeId: String(body['codeId']), position: String(body['position']) };
  }

  /**
   * Revokes a code; the instant at which the answer was received, on the clock of the host. While the outcome is not
   * known it repeats the call with its idempotency key, as an operator does.
   */
  async revoke({ codeId }: IssuedCode): Promise<number> {
    const key = { 'idempotency-key': `revoke-${codeId}` };
    for (;;) {
      const answer = await this.#call('POST', `/v1/codes/${codeId}/revoke`, { reason: 'chaos' }, key);
      if (answer.status === 200) return hostMs();
      if (answer.status < 500) throw new Error(`revoke: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
  }

  /** What all processes have printed. */
  output(): readonly string[] {
    return [this.issuer, ...this.#others].flatMap(({ output }) => output);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#others, this.issuer].map((service) => service.kill()));
    await rm(this.folder, { recursive: true, force: true });
  }
}
