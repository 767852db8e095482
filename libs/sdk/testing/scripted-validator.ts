import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type sendUnaryData,
} from '@grpc/grpc-js';
import {
  type ErrorCode, GRPC_STATUS, type Outgoing, STATUS_DETAILS_KEY, encodeStatusDetails, errorForm, serviceDefinition,
  type validatorV1,
} from '@openclaw/contracts'; // prettier-ignore

/** What the scripted validator does about one use: answers, fails, or never says anything. */
export type Reaction =
  | { readonly decision: Outgoing<validatorV1.Decision> }
  | { readonly error: ErrorCode; readonly retryAfterMs?: number }
  | { readonly drop: true }
  | 'silence';

type Request = validatorV1.ValidateRequest;
type Batch = validatorV1.ValidateStreamRequest;

/** A real gRPC server that answers as it is told, and remembers what it was asked. */
export class ScriptedValidator {
  readonly asked: Request[] = [];
  readonly batches: Batch[] = [];
  readonly tokens: string[] = [];
  /** Streams that were opened, and batches of them that are not answered now. */
  streams = 0;
  inHand = 0;
  inHandMax = 0;
  react: (request: Request, nth: number) => Reaction | Promise<Reaction> = () => ({ decision: { allowed: true } });
  readonly #open = new Set<ServerDuplexStream<Batch, Outgoing<validatorV1.ValidateStreamResponse>>>();

  private constructor(
    private server: Server,
    readonly address: string,
  ) {}

  static async start(address = '127.0.0.1:0'): Promise<ScriptedValidator> {
    const server = new Server();
    const made: { validator?: ScriptedValidator } = {};
    server.addService(serviceDefinition('openclaw.validator.v1.ValidatorService'), {
      validate: (call: ServerUnaryCall<Request, unknown>, answer: sendUnaryData<unknown>) =>
        void made.validator?.unary(call, answer),
      validateStream: (call: ServerDuplexStream<Batch, Outgoing<validatorV1.ValidateStreamResponse>>) =>
        made.validator?.stream(call),
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    return (made.validator = new ScriptedValidator(server, `127.0.0.1:${port}`));
  }

  /** Ends every connection at once, as a kill does. */
  kill(): void {
    this.server.forceShutdown();
  }

  /** Breaks every open stream with a status. */
  breakStreams(code: number): void {
    for (const call of this.#open) call.emit('error', { code, details: 'broken on purpose' });
    this.#open.clear();
  }

  private async unary(call: ServerUnaryCall<Request, unknown>, answer: sendUnaryData<unknown>): Promise<void> {
    this.#noteToken(call.metadata);
    const reaction = await this.#reaction(call.request);
    if (reaction === 'silence') return;
    if ('drop' in reaction) return this.server.forceShutdown();
    if ('decision' in reaction) return answer(null, { decision: reaction.decision });
    answer(statusOf(reaction.error, reaction.retryAfterMs));
  }

  private stream(call: ServerDuplexStream<Batch, Outgoing<validatorV1.ValidateStreamResponse>>): void {
    this.streams += 1;
    this.#noteToken(call.metadata);
    this.#open.add(call);
    call.on('data', (batch: Batch) => void this.#batch(call, batch));
    call.on('end', () => call.end());
    call.on('error', () => this.#open.delete(call));
    call.on('close', () => this.#open.delete(call));
  }

  async #batch(
    call: ServerDuplexStream<Batch, Outgoing<validatorV1.ValidateStreamResponse>>,
    batch: Batch,
  ): Promise<void> {
    this.batches.push(batch);
    this.inHand += 1;
    this.inHandMax = Math.max(this.inHandMax, this.inHand);
    const reactions = await Promise.all(batch.requests.map((request) => this.#reaction(request)));
    if (reactions.includes('silence')) return;
    this.inHand -= 1;
    if (reactions.some((one) => one !== 'silence' && 'drop' in one)) return this.server.forceShutdown();
    call.write({ batchId: batch.batchId, results: reactions.map(resultOf) });
  }

  async #reaction(request: Request): Promise<Reaction> {
    this.asked.push(request);
    return this.react(request, this.asked.length);
  }

  #noteToken(metadata: Metadata): void {
    this.tokens.push(String(metadata.get('authorization')[0] ?? ''));
  }
}

const resultOf = (reaction: Reaction): Outgoing<validatorV1.ValidateResult> => {
  if (reaction === 'silence' || 'drop' in reaction) return {};
  if ('decision' in reaction) return { decision: reaction.decision };
  const { retriable } = errorForm(reaction.error);
  return { fault: { code: reaction.error, retriable, retryAfterMs: reaction.retryAfterMs ?? 0 } };
};

const statusOf = (error: ErrorCode, retryAfterMs: number | undefined) => {
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, encodeStatusDetails(error, retryAfterMs === undefined ? {} : { retryAfterMs }));
  return { code: GRPC_STATUS[errorForm(error).grpc], details: `${error}: text`, metadata };
};
