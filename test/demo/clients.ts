import { type ChannelCredentials, Client, Metadata, credentials } from '@grpc/grpc-js';
import { serviceDefinition, type validatorV1 } from '@openclaw/contracts';
import type { System } from './system';

/** Plain `fetch` with an operator's token: what curl would do. */
export const rest =
  (base: string, token: string) =>
  async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      etag: response.headers.get('etag'),
      body: (await response.json()) as Record<string, unknown>,
    };
  };

export interface Answer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Record<string, unknown>;
}

export interface Use {
  readonly code: string;
  readonly scope?: string;
  readonly sourceIp?: string;
  readonly minPosition?: string;
  readonly requestId?: string;
  /** Goes along as metadata, where an instrumented gRPC client puts it. */
  readonly traceparent?: string;
  /** How long the caller waits; five seconds when it does not say. */
  readonly deadlineMs?: number;
}

/** What a validator said: `allow`, the reason of a refusal, or `UNAVAILABLE ...` and the like. */
export interface Said {
  readonly verdict: string;
  readonly decision: validatorV1.Decision | undefined;
}

/** A grpc-js client of the published proto: what an application would write. */
export class ValidatorClient {
  readonly #client: Client;
  readonly #method;

  constructor(
    { validator }: Pick<System, 'validator'>,
    private readonly token: string | undefined,
    secure: ChannelCredentials = credentials.createInsecure(),
  ) {
    this.#client = new Client(validator.replace(/^[a-z]+:\/\//, ''), secure);
    const method = serviceDefinition('openclaw.validator.v1.ValidatorService')['Validate'];
    if (method === undefined) throw new Error('the proto has no Validate');
    this.#method = method;
  }

  validate(use: Use): Promise<Said> {
    const [service = '', resource = '', action = ''] = (use.scope ?? 'openai:gpt-4o:chat').split(':');
    return this.ask({ ...use, service, resource, action });
  }

  /** With each part as it is, whatever is in it. */
  ask(use: Omit<Use, 'scope'> & Record<'service' | 'resource' | 'action', string>): Promise<Said> {
    const { service, resource, action } = use;
    const metadata = new Metadata();
    if (this.token !== undefined) metadata.set('authorization', `Bearer ${this.token}`);
    if (use.traceparent !== undefined) metadata.set('traceparent', use.traceparent);
    const request = {
      code: use.code,
      service,
      resource,
      action,
      sourceIp: use.sourceIp ?? '10.1.2.3',
      endpoint: 'POST /v1/chat/completions',
      requestId: use.requestId ?? '',
      minPosition: use.minPosition ?? '',
    };
    const { path, requestSerialize, responseDeserialize } = this.#method;
    return new Promise((resolve) => {
      const options = { deadline: Date.now() + (use.deadlineMs ?? 5000) };
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        options,
        (error, response) => {
          const decision = (response as validatorV1.ValidateResponse | undefined)?.decision ?? undefined;
          if (error !== null) resolve({ verdict: error.message, decision: undefined });
          else resolve({ verdict: decision?.allowed === true ? 'allow' : String(decision?.reason), decision });
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
