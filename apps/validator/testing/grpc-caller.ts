import { Client, Metadata, type ServiceError, credentials } from '@grpc/grpc-js';
import { type Outgoing, serviceDefinition, type validatorV1 } from '@openclaw/contracts';

const SERVICE = serviceDefinition('openclaw.validator.v1.ValidatorService');

/** A caller of the validator over grpc-js, as an application would be. */
export class GrpcCaller {
  readonly #client: Client;

  constructor(
    address: string,
    private readonly token: string,
  ) {
    this.#client = new Client(address, credentials.createInsecure());
  }

  /** One use of a code; scope `openai:gpt-4o:chat` from 10.1.2.3 where the request does not say otherwise. */
  async validate(request: Outgoing<validatorV1.ValidateRequest>): Promise<validatorV1.Decision> {
    const whole = { service: 'openai', resource: 'gpt-4o', action: 'chat', sourceIp: '10.1.2.3', ...request };
    const { decision } = await this.call<validatorV1.ValidateResponse>('Validate', whole);
    if (decision === null) throw new Error('an answer without a decision');
    return decision;
  }

  /** `allowed`, or the reason of the refusal; rejects with a `ServiceError` when there is no decision. */
  async verdict(request: Outgoing<validatorV1.ValidateRequest>): Promise<string> {
    const { allowed, reason } = await this.validate(request);
    return allowed ? 'allowed' : reason.replace('DENIAL_REASON_', '');
  }

  /** Calls a method by its name. */
  call<Response>(method: string, request: object): Promise<Response> {
    const definition = SERVICE[method];
    if (definition === undefined) throw new Error(`the proto has no ${method}`);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      const done = (error: ServiceError | null, response?: unknown): void =>
        error === null ? resolve(response as Response) : reject(error);
      const options = { deadline: Date.now() + 5000 };
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        this.#metadata(),
        options,
        done,
      );
    });
  }

  /** Sends batches on one stream and resolves with all answers when the validator has ended it. */
  stream(batches: readonly object[]): Promise<readonly validatorV1.ValidateStreamResponse[]> {
    const definition = SERVICE['ValidateStream'];
    if (definition === undefined) throw new Error('the proto has no ValidateStream');
    const { path, requestSerialize, responseDeserialize } = definition;
    const call = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, this.#metadata());
    const answers: validatorV1.ValidateStreamResponse[] = [];
    return new Promise((resolve, reject) => {
      call.on('data', (answer: validatorV1.ValidateStreamResponse) => answers.push(answer));
      call.on('error', reject);
      call.on('end', () => resolve(answers));
      for (const batch of batches) call.write(batch);
      call.end();
    });
  }

  close(): void {
    this.#client.close();
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    return metadata;
  }
}
