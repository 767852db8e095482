import { Server } from '@grpc/grpc-js';
import { envoyAuthorization, serviceDefinition } from '@openclaw/contracts';
import { type ListenAddress, type ListenerTls, grpcCredentials, printAddress, reflectionOf } from '@openclaw/platform';
import { HealthImplementation } from 'grpc-health-check';
import type { ValidatorStanding } from '../validate-code/standing';
import { type HandlerParts, authorizationHandlers, validatorHandlers } from './validator-handlers';

const SERVICE = 'openclaw.validator.v1.ValidatorService';
/** 1024 uses of the largest size that is still a sensible one. */
const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;
const STOP_MAX_MS = 3_000;

export interface GrpcEndpointOptions extends HandlerParts {
  readonly standing: ValidatorStanding;
  readonly listen: ListenAddress;
  readonly tls: ListenerTls | undefined;
  readonly reflection: boolean;
}

/** The gRPC port: the validator's service, grpc.health.v1, and reflection where it is wanted. */
export class GrpcEndpoint {
  readonly #server = new Server({ 'grpc.max_receive_message_length': MESSAGE_BYTES_MAX });
  readonly #health = new HealthImplementation({ '': 'SERVING', [SERVICE]: 'NOT_SERVING' });
  readonly #unlisten: () => void;

  constructor(private readonly options: GrpcEndpointOptions) {
    const { standing, reflection } = options;
    this.#server.addService(serviceDefinition(SERVICE), validatorHandlers(options));
    this.#server.addService(envoyAuthorization(), authorizationHandlers(options));
    this.#health.addToServer(this.#server);
    if (reflection) reflectionOf([SERVICE]).addToServer(this.#server);
    // Serving only while a lease is held: a load balancer then asks another validator.
    const tell = (serving: boolean): void => this.#health.setStatus(SERVICE, serving ? 'SERVING' : 'NOT_SERVING');
    this.#unlisten = standing.onChange(tell);
    tell(standing.state() === 'VALIDATOR_STATE_SERVING');
  }

  /** Opens the port; resolves with its address. Rejects when it is taken. */
  async listen(): Promise<string> {
    const { listen, tls } = this.options;
    const { host, port } = listen;
    const bound = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(printAddress({ host, port }), grpcCredentials(tls), (error, taken) =>
        error === null ? resolve(taken) : reject(error),
      );
    });
    return printAddress({ host, port: bound });
  }

  /** Takes no new calls, lets those in hand finish, and after three seconds ends what is left. Safe to call again. */
  async close(): Promise<void> {
    this.#unlisten();
    for (const service of ['', SERVICE]) this.#health.setStatus(service, 'NOT_SERVING');
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => this.#server.forceShutdown(), STOP_MAX_MS);
      this.#server.tryShutdown(() => {
        clearTimeout(force);
        resolve();
      });
    });
  }
}
