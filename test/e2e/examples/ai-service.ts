import { once } from 'node:events';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CodeValidator, RESOURCE_METADATA_PATH, ValidatorClient, guardRequests, resourceMetadata,
} from '@openclaw/sdk'; // prettier-ignore

/**
 * An AI service as a user of OpenClaw writes it: it takes `Authorization: Bearer ocpc_...`, lets the SDK ask the
 * validator, and tells clients that come without a code where to look (RFC 9728).
 */
export class AiService {
  private constructor(
    private readonly server: Server,
    private readonly validator: CodeValidator,
  ) {}

  /** `validator`: address of its gRPC port; `token`: a service token that may see reasons. */
  static async start(validator: string, token: string, issuer = 'http://127.0.0.1:7100'): Promise<AiService> {
    return AiService.over(new ValidatorClient({ addresses: [validator], token, timeoutMs: 5000 }), issuer);
  }

  /** With any validator: over the network, or in this process. */
  static async over(validator: CodeValidator, issuer: string): Promise<AiService> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const service = new AiService(server, validator);
    const { url } = service;
    const guard = guardRequests(validator, {
      realm: 'ai',
      requires: ({ url: path }) =>
        path === RESOURCE_METADATA_PATH ? undefined : `openai:gpt-4o:${path === '/v1/embeddings' ? 'embed' : 'chat'}`,
      resourceMetadata: url + RESOURCE_METADATA_PATH,
    });
    const described = resourceMetadata({ resource: url, authorizationServers: [issuer] });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      request.resume();
      guard(request, response, () => answer(response, request.url === RESOURCE_METADATA_PATH ? described : COMPLETION));
    });
    return service;
  }

  get url(): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async stop(): Promise<void> {
    await this.validator.close();
    this.server.close();
    await once(this.server, 'close');
  }
}

const COMPLETION = { choices: [{ message: { role: 'assistant', content: 'hello' } }] };

const answer = (response: ServerResponse, body: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
