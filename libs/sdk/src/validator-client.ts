import { readFileSync } from 'node:fs';
import { type ChannelCredentials, type ChannelOptions, Client, Metadata, credentials } from '@grpc/grpc-js';
import { serviceDefinition, type validatorV1 } from '@openclaw/contracts';
import { type Answer, answerOfDecision } from './answer';
import { askUntilKnown, closedAnswer } from './ask-again';
import { BatchingStream, type ValidateStream } from './batching-stream';
import { type CodeUse, type CodeValidator, requestOf } from './code-use';
import { type CallStatus, troubleOf } from './trouble';

export interface ValidatorClientOptions {
  /** `host:port` of the gRPC port of one validator, or of several: uses are then spread over all that answer. */
  readonly addresses: readonly string[];
  /** Service token, `ocsv_…`; a function is asked at each call (or stream), so that a rotated token counts. */
  readonly token?: string | (() => string);
  /** Files in PEM: the authority of the validator's certificate, and one's own certificate where it asks for one. */
  readonly tls?: { readonly caFile: string; readonly certFile?: string; readonly keyFile?: string };
  /** `allowed` = something else encrypts. Without it a token is never sent in plain text beyond this machine. */
  readonly plainText?: 'allowed';
  /** Until there is an answer, whatever happens. Default 1000 ms. */
  readonly timeoutMs?: number;
  /** Default 3; see `askUntilKnown` for why repeating is safe. */
  readonly attempts?: number;
  /** Asks about concurrent uses in batches, over one stream to one validator: for hundreds of uses a second and more. */
  readonly batching?: boolean;
}

const TIMEOUT_MS = 1000;
const ATTEMPTS = 3;

const CHANNEL: ChannelOptions = {
  'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  // A validator that came back is found within a second; a peer that hangs is noticed although nothing is asked.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5_000,
};

/** A client of the validator that keeps its connections. One per process is enough. */
export class ValidatorClient implements CodeValidator {
  readonly #client: Client;
  readonly #stream: BatchingStream;
  readonly #options: ValidatorClientOptions;
  readonly #methods = serviceDefinition('openclaw.validator.v1.ValidatorService');
  #isClosed = false;
  readonly #inHand = new Set<Promise<Answer>>();

  /** Throws `TypeError` when the options cannot work; connects when the first use is asked. */
  constructor(options: ValidatorClientOptions) {
    this.#options = options;
    this.#client = new Client(targetOf(options.addresses), credentialsOf(options), CHANNEL);
    this.#stream = new BatchingStream(() => this.#openStream());
  }

  /** Never rejects, and answers within `timeoutMs`. Safe to repeat with the same `requestId`. */
  async validate(use: CodeUse): Promise<Answer> {
    if (this.#isClosed) return closedAnswer();
    const request = requestOf(use);
    if ('outcome' in request) return request;
    const { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS, batching = false } = this.#options;
    const deadlineAtMs = performance.now() + (use.timeoutMs ?? timeoutMs);
    // A position that is none of this log would end the stream of everybody: such a use is asked on its own.
    const isBatched = batching && request.minPosition === '';
    const ask = (): Promise<Answer> => {
      const leftMs = deadlineAtMs - performance.now();
      return isBatched ? this.#stream.ask(request, leftMs) : this.#unary(request, leftMs);
    };
    const answer = askUntilKnown(ask, { attempts, deadlineAtMs });
    this.#inHand.add(answer);
    return answer.finally(() => this.#inHand.delete(answer));
  }

  /** Answers what is in hand, which takes at most the longest deadline, and closes the connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#inHand);
    this.#stream.close();
    this.#client.close();
  }

  #unary(request: validatorV1.ValidateRequest, timeoutMs: number): Promise<Answer> {
    const { path, requestSerialize, responseDeserialize } = this.#method('Validate');
    const deadline = Date.now() + timeoutMs;
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest<validatorV1.ValidateRequest, validatorV1.ValidateResponse>(
        path,
        requestSerialize,
        responseDeserialize as (bytes: Buffer) => validatorV1.ValidateResponse,
        request,
        this.#metadata(),
        { deadline },
        (error, response) =>
          resolve(error === null ? answerOfDecision(response?.decision ?? {}) : troubleOf(error satisfies CallStatus)),
      );
    });
  }

  #openStream(): ValidateStream {
    const { path, requestSerialize, responseDeserialize } = this.#method('ValidateStream');
    return this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => validatorV1.ValidateStreamResponse,
      this.#metadata(),
    );
  }

  #method(name: string) {
    const method = this.#methods[name];
    if (method === undefined) throw new TypeError(`the proto has no ${name}`);
    return method;
  }

  #metadata(): Metadata {
    const metadata = new Metadata();
    const token = this.#token();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    return metadata;
  }

  /** What is no token cannot be sent; the validator then answers that it does not know the caller. */
  #token(): string | undefined {
    const { token } = this.#options;
    try {
      const given = typeof token === 'function' ? token() : token;
      return given !== undefined && TOKEN.test(given) ? given : undefined;
    } catch {
      return undefined;
    }
  }
}

const TOKEN = /^[\x21-\x7e]+$/;
const ADDRESS = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]):/;
const IPV4 = /^\d+\.\d+\.\d+\.\d+:/;

/** As grpc-js names targets: several only as addresses of one family, a name alone, which may resolve to several. */
const targetOf = (addresses: readonly string[]): string => {
  const [first = '', ...others] = addresses;
  if (!addresses.every((address) => ADDRESS.test(address)) || first === '')
    throw new TypeError('addresses: give host:port');
  if (others.length === 0)
    return IPV4.test(first) ? `ipv4:${first}` : first.startsWith('[') ? `ipv6:${first}` : `dns:${first}`;
  if (addresses.every((address) => IPV4.test(address))) return `ipv4:${addresses.join(',')}`;
  if (addresses.every((address) => address.startsWith('['))) return `ipv6:${addresses.join(',')}`;
  throw new TypeError('addresses: several must all be IPv4 or all IPv6; a single name may resolve to several');
};

const credentialsOf = ({ tls, plainText, addresses }: ValidatorClientOptions): ChannelCredentials => {
  if (tls !== undefined) {
    const [ca, key, certificate] = [tls.caFile, tls.keyFile, tls.certFile].map((file) =>
      file === undefined ? null : readFileSync(file),
    );
    return credentials.createSsl(ca, key, certificate);
  }
  if (plainText === 'allowed' || addresses.every((address) => LOOPBACK.test(address)))
    return credentials.createInsecure();
  throw new TypeError('tls: needed beyond this machine, or say plainText: "allowed" when something else encrypts');
};
