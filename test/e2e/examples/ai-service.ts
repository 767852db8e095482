import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { type Said, ValidatorClient } from '../../demo/clients';

/**
 * An AI service as a user of OpenClaw writes it: it takes `Authorization: Bearer ocpc_...`, asks the validator, and
 * answers as RFC 6750 says. Trouble of the validator is never told as a bad code: the caller would throw its code away.
 */
export class AiService {
  private constructor(
    private readonly server: Server,
    private readonly validator: ValidatorClient,
  ) {}

  /** `validator`: address of its gRPC port; `token`: a service token that may see reasons. */
  static async start(validator: string, token: string): Promise<AiService> {
    const client = new ValidatorClient({ validator }, token);
    const server = createServer((request, response) => void answer(client, request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new AiService(server, client);
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    this.validator.close();
    this.server.close();
    await once(this.server, 'close');
  }
}

const answer = async (
  validator: ValidatorClient,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  request.resume();
  const { status, error, headers = {} } = await judged(validator, request.headers.authorization, request.url ?? '');
  const body = error === undefined ? { choices: [{ message: { role: 'assistant', content: 'hello' } }] } : { error };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

interface Verdict {
  readonly status: number;
  readonly error?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const judged = async (
  validator: ValidatorClient,
  authorization: string | undefined,
  path: string,
): Promise<Verdict> => {
  if (authorization === undefined) return { status: 401, error: 'no credentials', headers: challenge() };
  const code = /^Bearer (\S+)$/i.exec(authorization)?.[1];
  if (code === undefined) return refusal(400, 'invalid_request');
  const action = path === '/v1/embeddings' ? 'embed' : 'chat';
  return answerOf(await validator.validate({ code, scope: `openai:gpt-4o:${action}` }));
};

/** RFC 6750 section 3.1; 429 and 503 with when to try again. */
const answerOf = ({ verdict, decision }: Said): Verdict => {
  if (decision === undefined)
    return { status: 503, error: 'cannot check the code now', headers: { 'retry-after': '1' } };
  switch (verdict.replace('DENIAL_REASON_', '')) {
    case 'allow':
      return { status: 200 };
    case 'MALFORMED':
      return refusal(400, 'invalid_request');
    case 'SCOPE_DENIED':
    case 'IP_DENIED':
      return refusal(403, 'insufficient_scope');
    case 'RATE_LIMITED':
      return {
        status: 429,
        error: 'too many requests',
        headers: { 'retry-after': String(Math.ceil(Number(decision.retryAfterMs) / 1000)) },
      };
    default:
      return refusal(401, 'invalid_token');
  }
};

const refusal = (status: number, error: string): Verdict => ({ status, error, headers: challenge(error) });
const challenge = (error?: string): Record<string, string> => ({
  'www-authenticate': `Bearer realm="ai"${error === undefined ? '' : `, error="${error}"`}`,
});
