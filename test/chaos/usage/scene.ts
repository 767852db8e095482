import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresServer } from '@openclaw/event-log-postgres/testing';
import { type Installation, install } from '@openclaw/suite';
import { Client } from 'pg';
import { type Answer, rest } from '../../demo/clients';
import { type Started, readToken, startApp, stopApp } from '../../demo/system';
import { Child } from '../workload/child';
import { RunningValidator } from './running-validator';
import type { ServiceLine, ServiceOrder } from './service';
import type { ValidatorOrder, ValidatorReady } from './validator.protocol';

const FREE = '127.0.0.1:0';
const PATIENCE_MS = 20_000;
const LOOK_MS = 20;

export interface Issued {
  readonly code: string;
  readonly codeId: string;
  readonly position: string;
}

export interface Recorded {
  readonly requestId: string;
  readonly outcome: string;
  readonly producer: string;
  readonly sequence: number;
  readonly place: { readonly partition: number };
}

/** What the audit says of one life of a validator. */
export interface Account {
  readonly producer: string;
  readonly validator: string;
  readonly verdict: string;
  readonly window: { readonly from: string; readonly to: string } | null;
}

/** Issuer and audit as services on a real PostgreSQL, kept over the runs of an experiment; validators come and go. */
export class UsageScene {
  #masterKey: Promise<string> | undefined;
  #held: Promise<Client> | undefined;
  #holders = 0;

  private constructor(
    readonly folder: string,
    readonly server: PostgresServer,
    readonly installation: Installation,
    private readonly running: { readonly issuer: Started; readonly audit: Started; readonly bound: Variables },
  ) {}

  /** `boundMs`: L of every service. */
  static async open(boundMs: number): Promise<UsageScene> {
    const bound = { OPENCLAW_FRESHNESS_BOUND_MS: String(boundMs) };
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-usage-'));
    const server = await PostgresServer.start();
    const installation = await install({ adminUrl: server.url, folder: join(folder, 'secrets'), usagePartitions: 2 });
    const issuer = await startService('issuer', installation, { ...bound, OPENCLAW_ISSUER_HTTP_LISTEN: FREE });
    const audit = await startService('audit', installation, { ...bound, OPENCLAW_AUDIT_HTTP_LISTEN: FREE });
    return new UsageScene(folder, server, installation, { issuer, audit, bound });
  }

  async close(): Promise<void> {
    await stopApp(this.running.issuer);
    await stopApp(this.running.audit);
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get auditorToken(): string {
    return readToken(this.installation.files.auditorTokenFile);
  }

  issuer(method: string, path: string, body?: object): Promise<Answer> {
    return this.#call(this.running.issuer, method, path, body);
  }

  audit(path: string): Promise<Answer> {
    return this.#call(this.running.audit, 'GET', path);
  }

  /** By the audit service, or by another one. */
  asked(path: string, by?: OtherService): Promise<Answer> {
    return by === undefined ? this.audit(path) : by.call('GET', path);
  }

  async issue(): Promise<Issued> {
    this.#masterKey ??= this.issuer('POST', '/v1/master-keys', {
      label: 'k',
      provider: 'openai',
      secret: 'sk-usage-chaos',
    }).then(({ body }) => String(body['masterKeyId']));
    const masterKeyId = await this.#masterKey;
    const { body } = await this.issuer('POST', '/v1/codes', { masterKeyId, label: 'c', scopes: ['openai:*:chat'] });
    return { code: String(body['code']), codeId: String(body['codeId']), position: String(body['position']) };
  }

  /** A validator service; those of one name on one folder are lives of one validator. */
  async validator(
    name: string,
    {
      mutant,
      ...variables
    }: { readonly mutant?: string | undefined } & Readonly<Record<string, string | undefined>> = {},
  ): Promise<RunningValidator> {
    const environment = {
      ...this.installation.environment.validator,
      OPENCLAW_SECRETS_URL: this.installation.environment.issuer['OPENCLAW_SECRETS_URL'] ?? '',
      OPENCLAW_VALIDATOR_NAME: name,
      OPENCLAW_USAGE_SPOOL_DIR: this.spoolDir,
      ...this.running.bound,
      OPENCLAW_VALIDATOR_GRPC_LISTEN: FREE,
      OPENCLAW_VALIDATOR_HTTP_LISTEN: FREE,
      ...(variables as Readonly<Record<string, string>>),
    };
    const child = new Child<ValidatorOrder, ValidatorReady>('usage/validator', { environment, mutant });
    const { grpc } = await child.line((line) => 'grpc' in line);
    return new RunningValidator(child, grpc, this.auditorToken);
  }

  get spoolDir(): string {
    return join(this.folder, 'spool');
  }

  /** The spool of every life of a validator is gone. */
  async loseSpool(name: string): Promise<void> {
    await rm(join(this.spoolDir, name), { recursive: true, force: true });
  }

  /** The store takes no usage records, and does not say so, until everybody who held them has let go. */
  async holdUsage(): Promise<() => Promise<void>> {
    this.#holders += 1;
    this.#held ??= lockUsage(this.server.url);
    const client = await this.#held;
    return async () => {
      this.#holders -= 1;
      if (this.#holders > 0) return;
      this.#held = undefined;
      await client.end();
    };
  }

  /** Resolves when usage records are taken by the store. */
  async usageFlows(): Promise<void> {
    while (this.#holders > 0) await pause(LOOK_MS);
  }

  /** The next offset of every journal, as the store of the log has it: by topic and partition. */
  async ends(): Promise<ReadonlyMap<string, number>> {
    const client = new Client({ connectionString: this.server.url });
    await client.connect();
    const { rows } = await client.query<{ place: string; next: string }>(
      `SELECT topic || '/' || partition AS place, next_offset AS next FROM openclaw_log.journals`,
    );
    await client.end();
    return new Map(rows.map(({ place, next }) => [place, Number(next)]));
  }

  /** The decisions with a code as the audit shows them. */
  async recorded(codeId: string, by?: OtherService): Promise<readonly Recorded[]> {
    const all: Recorded[] = [];
    for (let after = ''; ;) {
      const { body } = await this.asked(`/v1/usage?code=${codeId}&page_size=500${after}`, by);
      all.push(...(body['usage'] as readonly Recorded[]));
      if (typeof body['next_page_token'] !== 'string') return all;
      after = `&after=${body['next_page_token']}`;
    }
  }

  /** The verdicts of the audit on the lives of a validator, in order of time. */
  async accounts(validator: string, by?: OtherService): Promise<readonly Account[]> {
    const { body } = await this.asked(`/v1/producers?page_size=500&validator=${validator}`, by);
    return body['producers'] as readonly Account[];
  }

  /** Another issuer or audit beside the first, on the same log and tables, perhaps with one rule broken. */
  async another(
    service: ServiceOrder['service'],
    mutant: string | undefined,
    more: Variables = {},
  ): Promise<OtherService> {
    const listen = service === 'audit' ? 'OPENCLAW_AUDIT_HTTP_LISTEN' : 'OPENCLAW_ISSUER_HTTP_LISTEN';
    const environment = { ...this.installation.environment[service], ...this.running.bound, [listen]: FREE, ...more };
    const child = new Child<ServiceOrder, ServiceLine>('usage/service', { service, environment, mutant });
    const ready = await child.line((line) => 'http' in line);
    return {
      call: rest('http' in ready ? ready.http : '', this.#operatorToken),
      logged: () => child.lines.flatMap((line) => ('logged' in line ? [line.logged] : [])),
      stop: () => child.stop(),
    };
  }

  get #operatorToken(): string {
    return readToken(this.installation.files.bootstrapTokenFile);
  }

  #call(app: Started, method: string, path: string, body?: object): Promise<Answer> {
    return rest(httpOf(app), this.#operatorToken)(method, path, body);
  }
}

/** From the line that says that it is ready; others follow. */
const httpOf = ({ lines }: Started): string => {
  const ready = lines.find((line) => line.includes('is ready')) ?? '{}';
  return (JSON.parse(ready) as { listens?: Record<string, string> }).listens?.['http'] ?? '';
};

const lockUsage = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query(`SELECT FROM openclaw_log.journals WHERE topic = 'openclaw.usage.v1' FOR UPDATE`);
  return client;
};

type Variables = Readonly<Record<string, string>>;

export interface OtherService {
  readonly call: ReturnType<typeof rest>;
  logged(): readonly string[];
  stop(): Promise<void>;
}

const startService = (
  name: 'issuer' | 'audit',
  { environment }: Installation,
  listen: Record<string, string>,
): Promise<Started> => startApp(name, { ...environment[name], ...listen }, (line) => line.includes('is ready'));

/** Looks until `isEnough`, for a bounded time; what was seen last. */
export const settled = async <T>(
  look: () => Promise<T>,
  isEnough: (seen: T) => boolean,
  ms = PATIENCE_MS,
): Promise<T> => {
  const endMs = performance.now() + ms;
  for (;;) {
    const seen = await look();
    if (isEnough(seen) || performance.now() > endMs) return seen;
    await pause(LOOK_MS);
  }
};

/** A name that no other run has. */
export const freshName = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;
