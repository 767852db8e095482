import { Server, type ServerOptions } from '@grpc/grpc-js';
import type { INestApplication } from '@nestjs/common';
import { ServerGrpc } from '@nestjs/microservices';
import { GRPC_LOADER_OPTIONS } from '@openclaw/contracts';
import { HealthImplementation } from 'grpc-health-check';
import { type ListenAddress, printAddress } from '../config/read-config';
import type { HealthCheck } from '../health/health';
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
  /** What the services' health depends on; asked each second. The empty name only says that the process answers. */
  readonly checks: readonly HealthCheck[];
  readonly logger: Logger;
}

/** An operator's request is settings and lists; this is more than any of them needs. */
const MESSAGE_BYTES_MAX = 256 * 1024;
const STOP_MAX_MS = 3_000;
const HEALTH_EVERY_MS = 1_000;

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
  #watch: NodeJS.Timeout | undefined;

  constructor(private readonly listener: GrpcListenerOptions) {
    super({ package: listener.package, protoPath: [...listener.files], loader: { ...GRPC_LOADER_OPTIONS } });
    const services = listener.services.map((name) => [name, 'NOT_SERVING'] as const);
    this.#health = new HealthImplementation({ '': 'SERVING', ...Object.fromEntries(services) });
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
    await this.#tellHealth();
    this.#watch = setInterval(() => void this.#tellHealth(), HEALTH_EVERY_MS);
    if (this.listener.reflection) reflectionOf(this.listener.services).addToServer(server);
    this.#address = await bind(server, this.listener);
    callback?.();
  }

  override async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    clearInterval(this.#watch);
    this.#tell(['', ...this.listener.services], 'NOT_SERVING');
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => server.forceShutdown(), STOP_MAX_MS);
      server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }

  async #tellHealth(): Promise<void> {
    const asked = this.listener.checks.map((one) => one.check().catch(() => 'the check failed'));
    const isReady = (await Promise.all(asked)).every((reason) => reason === undefined);
    // Closed meanwhile: that was told already.
    if (this.#server !== undefined) this.#tell(this.listener.services, isReady ? 'SERVING' : 'NOT_SERVING');
  }

  #tell(names: readonly string[], status: 'SERVING' | 'NOT_SERVING'): void {
    for (const name of names) this.#health.setStatus(name, status);
  }
}

const bind = (server: Server, { listen: { host, port }, tls }: GrpcListenerOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    server.bindAsync(printAddress({ host, port }), grpcCredentials(tls), (error, taken) =>
      error === null ? resolve(printAddress({ host, port: taken })) : reject(error),
    );
  });
