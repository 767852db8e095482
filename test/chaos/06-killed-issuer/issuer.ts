import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import type { EventLog } from '@openclaw/event-log';
import { type IssuerParts, issuerConfig, openParts, serveIssuer } from '@openclaw/issuer';
import type { SecretStore } from '@openclaw/secret-store';
import { orderOf, stopAsked, tell } from '../workload/child';

/** Where the process kills itself. */
export type Failpoint = 'after secret store' | 'while appending' | 'after append' | 'before reply';

export interface KilledIssuerOrder {
  readonly env: Readonly<Record<string, string>>;
  readonly mutant: string | undefined;
}

/**
 * The product's issuer with its ports wrapped. A failpoint is armed by its name on standard input and strikes once, with
 * kill -9: nothing of it is in the product.
 */
class Failpoints {
  #armed: string | undefined;

  listen(): void {
    createInterface({ input: process.stdin }).on('line', (failpoint) => {
      this.#armed = failpoint;
      tell({ armed: failpoint });
    });
  }

  pass(here: Failpoint): void {
    if (this.#armed !== here) return;
    process.kill(process.pid, 'SIGKILL');
    for (;;); // until the signal is here
  }
}

/** The same object with some methods put before its own. */
const wrapped = <Port extends object>(port: Port, methods: Partial<Port>): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' && !Object.hasOwn(methods, name) ? (own.bind(target) as unknown) : own;
    },
  });

const wrap = (parts: IssuerParts, points: Failpoints, mutant: string | undefined): IssuerParts => {
  /** Mutant: by the name that the product gave, the name under which the secret lies. */
  const renamed = new Map<string, string>();
  const secrets: SecretStore = wrapped(parts.secrets, {
    put: async (name, secret, version) => {
      const under = mutant === 'secret kept under a random name' ? `${name}-${randomUUID()}` : name;
      renamed.set(name, under);
      const ref = await parts.secrets.put(under, secret, version);
      points.pass('after secret store');
      return ref;
    },
  });
  const log: EventLog = wrapped(parts.fresh.log, {
    append: async (...[stream, claim, event]: Parameters<EventLog['append']>) => {
      const appending = parts.fresh.log.append(stream, claim, { ...event, data: withNames(event.data, renamed) });
      await new Promise((turn) => setImmediate(turn));
      points.pass('while appending');
      const appended = await appending;
      points.pass('after append');
      return appended;
    },
  });
  return { ...parts, secrets, fresh: wrapped(parts.fresh, { log }) };
};

const withNames = (data: unknown, renamed: ReadonlyMap<string, string>): unknown => {
  let text = JSON.stringify(data);
  for (const [name, under] of renamed) text = text.replaceAll(JSON.stringify(name), JSON.stringify(under));
  return JSON.parse(text) as unknown;
};

type Method<Self> = (this: Self, ...args: unknown[]) => unknown;

/** Puts something before a method of Node's HTTP server, where the product does not see it. */
const before = <Self extends object>(prototype: Self, name: string, first: (...args: unknown[]) => void): void => {
  const own = Reflect.get(prototype, name) as Method<Self>;
  const method: Method<Self> = function (...args) {
    first(...args);
    return own.apply(this, args);
  };
  Reflect.set(prototype, name, method);
};

const watchHttp = (points: Failpoints, mutant: string | undefined): void => {
  before(Server.prototype, 'emit', (_, request) => {
    if (mutant !== 'stream id not derived from the key' || !(request instanceof IncomingMessage)) return;
    request.headers['idempotency-key'] = randomUUID();
  });
  before(ServerResponse.prototype, 'end', () => points.pass('before reply'));
};

const main = async (): Promise<void> => {
  const { env, mutant } = orderOf<KilledIssuerOrder>();
  const stop = stopAsked();
  const points = new Failpoints();
  points.listen();
  watchHttp(points, mutant);
  const say = (facts: object, message: string): void => tell({ logged: `${message} ${JSON.stringify(facts)}` });
  const logger = { info: say, warn: say, error: say };
  const config = issuerConfig(env);
  const parts = await openParts(config, logger);
  const app = await serveIssuer(config, { ...wrap(parts, points, mutant), close: () => parts.close() }, logger);
  tell({ listens: app.listens });
  await new Promise((ended) => stop.addEventListener('abort', ended));
  await app.close();
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
