import { GrpcServer, type GrpcStatus, Health, type Http2Limits } from '@openclaw/grpc-server';
import {
  type ListenAddress, type ListenerTls, type Logger, grpcError, printAddress, reflectionOf, reportFault, tlsOptions,
} from '@openclaw/platform'; // prettier-ignore
import { service as healthService } from 'grpc-health-check';
import type { ValidatorStanding } from '../validate-code/standing';
import {
  type ServiceParts,
  VALIDATOR_SERVICE,
  addAuthorizationService,
  addValidatorService,
} from './validator-service';

/** 1024 uses of the largest size that is still a sensible one. */
const MESSAGE_BYTES_MAX = 2 * 1024 * 1024;
const STOP_MAX_MS = 3_000;

export interface GrpcEndpointOptions extends ServiceParts {
  readonly standing: ValidatorStanding;
  readonly logger: Logger;
  readonly listen: ListenAddress;
  readonly tls: ListenerTls | undefined;
  readonly reflection: boolean;
  /** Other bounds than the usual ones. */
  readonly limits?: Partial<Http2Limits>;
}

/** The gRPC port: the validator's service, grpc.health.v1, and reflection where it is wanted. */
export class GrpcEndpoint {
  readonly #server: GrpcServer;
  readonly #health = new Health();
  readonly #unlisten: () => void;

  constructor(private readonly options: GrpcEndpointOptions) {
    const { standing, reflection, tls, logger, limits = {} } = options;
    this.#server = new GrpcServer({
      tls: tlsOptions(tls),
      limits,
      messageBytesMax: MESSAGE_BYTES_MAX,
      statusOf: (thrown) => statusOf(thrown, logger),
    });
    addValidatorService(this.#server, options);
    addAuthorizationService(this.#server, options);
    this.#health.addTo(this.#server, healthService);
    if (reflection) reflectionOf([VALIDATOR_SERVICE]).addToServer(this.#server);
    // Serving only while a lease is held: a load balancer then asks another validator.
    const tell = (serving: boolean): void => this.#health.set(VALIDATOR_SERVICE, serving ? 'SERVING' : 'NOT_SERVING');
    this.#health.set('', 'SERVING');
    this.#unlisten = standing.onChange(tell);
    tell(standing.state() === 'VALIDATOR_STATE_SERVING');
  }

  /** Opens the port; resolves with its address. Rejects when it is taken. */
  async listen(): Promise<string> {
    const { host, port } = this.options.listen;
    return printAddress({ host, port: await this.#server.listen(port, host) });
  }

  /** Takes no new calls, lets those in hand finish, and after three seconds ends what is left. Safe to call again. */
  async close(): Promise<void> {
    this.#unlisten();
    for (const service of ['', VALIDATOR_SERVICE]) this.#health.set(service, 'NOT_SERVING');
    await this.#server.close(STOP_MAX_MS);
  }
}

const statusOf = (thrown: unknown, logger: Logger): GrpcStatus => {
  reportFault(thrown, logger);
  const { code, details, metadata } = grpcError(thrown);
  return { code, details, trailers: metadata.getMap() };
};
