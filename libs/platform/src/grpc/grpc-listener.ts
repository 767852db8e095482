import { Server, type ServerOptions } from '@grpc/grpc-js';
import type { INestApplication } from '@nestjs/common';
import { ServerGrpc } from '@nestjs/microservices';
import { GRPC_LOADER_OPTIONS } from '@openclaw/contracts';
import { HealthImplementation } from 'grpc-health-check';
import { type ListenAddress, printAddress } from '../config/read-config';
import type { Logger } from '../logging/logger';
import type { OperatorGuard } from '../security/operator.guard';
import { type ListenerTls, grpcCredentials } from '../security/tls';
import { ObserveGrpc } from '../telemetry/observe-grpc';
import { GrpcErrorFilter } from './grpc-error.filter';
import { reflectionOf } from './reflection';

export interface GrpcListenerOptions {
  readonly listen: ListenAddress;
  readonly tls: ListenerTls | undefined;
  readonly reflection: boolean;
  /** The proto package, its files, and the full names of its services. */
  readonly package: string;
  readonly files: readonly string[];
  readonly services: readonly string[];
  readonly guard: OperatorGuard;
  readonly logger: Logger;
}

/** An operator's request is settings and lists; this is more than any of them needs. */
const MESSAGE_BYTES_MAX = 256 * 1024;
const STOP_MAX_MS = 3_000;

export interface GrpcListener {
  readonly address: string;
  /** Takes no new calls, lets those in hand finish, and after three seconds ends what is left. Safe to call again. */
  close(): Promise<void>;
}

/**
 * Serves the gRPC controllers of an app on a port of its own, beside its REST API: through Nest's transport, with the
 * same guard, with grpc.health.v1, and with reflection where it is wanted. Rejects when the port is taken.
 */
export const openGrpcListener = async (app: INestApplication, options: GrpcListenerOptions): Promise<GrpcListener> => {
  const strategy = new HealthyGrpcServer(options);
  // Nest builds its handlers when it listens: after guard, filter and interceptor are known.
  const service = app.connectMicroservice({ strategy }, { deferInitialization: true });
  service
    .useGlobalGuards(options.guard)
    .useGlobalFilters(new GrpcErrorFilter(options.logger))
    .useGlobalInterceptors(new ObserveGrpc());
  await service.listen();
  return { address: strategy.address, close: () => strategy.close() };
};

/** Nest's server, with what it lacks: health, reflection, the port that was taken, services before the port, a bounded stop. */
class HealthyGrpcServer extends ServerGrpc {
  readonly #health: HealthImplementation;
  #server: Server | undefined;
  #address = '';

  constructor(private readonly listener: GrpcListenerOptions) {
    super({ package: listener.package, protoPath: [...listener.files], loader: { ...GRPC_LOADER_OPTIONS } });
    const names = ['', ...listener.services];
    this.#health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'SERVING'] as const)));
  }

  get address(): string {
    return this.#address;
  }

  override async createClient(): Promise<Server> {
    const options: ServerOptions = { 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX };
    this.#server = new Server(options);
    return this.#server;
  }

  override async start(callback?: () => void): Promise<void> {
    await this.bindEvents();
    const server = this.#server;
    if (server === undefined) throw new Error('the gRPC server was not made');
    this.#health.addToServer(server);
    if (this.listener.reflection) reflectionOf(this.listener.services).addToServer(server);
    this.#address = await bind(server, this.listener);
    callback?.();
  }

  override async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const name of ['', ...this.listener.services]) this.#health.setStatus(name, 'NOT_SERVING');
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => server.forceShutdown(), STOP_MAX_MS);
      server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }
}

const bind = (server: Server, { listen: { host, port }, tls }: GrpcListenerOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    server.bindAsync(printAddress({ host, port }), grpcCredentials(tls), (error, taken) =>
      error === null ? resolve(printAddress({ host, port: taken })) : reject(error),
    );
  });
