import type { GrpcServer } from './grpc-server';
import type { JsMethod } from './grpc-js-methods';

export type ServingStatus = 'SERVING' | 'NOT_SERVING';

interface HealthRequest {
  readonly service: string;
}

type Watcher = (status: ServingStatus) => void;

const NOT_FOUND = 5;

/** grpc.health.v1: Check, List and Watch over the states that were set. */
export class Health {
  readonly #states = new Map<string, ServingStatus>();
  readonly #watchers = new Map<string, Set<Watcher>>();

  set(service: string, status: ServingStatus): void {
    this.#states.set(service, status);
    for (const tell of this.#watchers.get(service) ?? []) tell(status);
  }

  /** `definition` is that of grpc.health.v1.Health. */
  addTo(server: GrpcServer, definition: Readonly<Record<string, JsMethod>>): void {
    server.addService(definition, {
      Check: ({ request }: { request: HealthRequest }, answer: (error: unknown, value?: unknown) => void) => {
        const status = this.#states.get(request.service);
        if (status === undefined) answer({ code: NOT_FOUND, details: 'no service of that name' });
        else answer(null, { status });
      },
      List: (_call: unknown, answer: (error: unknown, value?: unknown) => void) => {
        answer(null, { statuses: Object.fromEntries([...this.#states].map(([name, status]) => [name, { status }])) });
      },
      Watch: (call: WatchCall) => this.#watch(call),
    });
  }

  #watch(call: WatchCall): void {
    const { service } = call.request;
    const tell: Watcher = (status) => void call.write({ status });
    const watchers = this.#watchers.get(service) ?? new Set();
    this.#watchers.set(service, watchers.add(tell));
    call.on('cancelled', () => {
      watchers.delete(tell);
      if (watchers.size === 0) this.#watchers.delete(service);
    });
    call.write({ status: this.#states.get(service) ?? 'SERVICE_UNKNOWN' });
  }
}

interface WatchCall {
  readonly request: HealthRequest;
  write(value: unknown): boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}
