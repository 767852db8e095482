import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IssuerCodes, IssuerRefused } from './issuer-codes';

interface Call {
  readonly path: string;
  readonly key: string;
}
type Reply = { readonly status: number; readonly body: object } | 'drop';

const ISSUED = { codeId: 'c1', position: 'p', expiresAt: '2030-01-01T00:00:00.000Z' };

describe('codes from an issuer', () => {
  const calls: Call[] = [];
  let replies: Reply[] = [];
  let server: Server;
  let codes: IssuerCodes;

  beforeAll(async () => {
    server = createServer((request, response) => {
      calls.push({ path: request.url ?? '', key: String(request.headers['idempotency-key']) });
      const reply = replies.shift() ?? 'drop';
      if (reply === 'drop') return void request.socket.destroy();
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(JSON.stringify(reply.body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    codes = new IssuerCodes({ issuer, token: 'ocop_operator' });
  });
  afterAll(() => server.close());
  beforeEach(() => {
    calls.length = 0;
  });

  it('come with their end and the position to pass on', async () => {
    replies = [{ status: 201, body: { ...ISSUED, code: 'ocpc_1' } }];
    const expiresAt = new Date('2030-01-01T00:00:00.000Z');
    expect(await codes.issue({})).toEqual({ code: 'ocpc_1', codeId: 'c1', position: 'p', expiresAt });
  });

  it('are asked for again under the same key when the answer is lost, and rotated when their secret is', async () => {
    replies = [
      'drop',
      { status: 503, body: {} },
      { status: 200, body: { ...ISSUED, code: null } },
      { status: 200, body: { ...ISSUED, code: 'ocpc_2' } },
    ];
    expect(await codes.issue({})).toMatchObject({ code: 'ocpc_2', codeId: 'c1' });
    expect(calls.map(({ path }) => path)).toEqual(['/v1/codes', '/v1/codes', '/v1/codes', '/v1/codes/c1/rotate']);
    expect(new Set(calls.slice(0, 3).map(({ key }) => key)).size).toBe(1);
    expect(calls[3]?.key).not.toBe(calls[0]?.key);
  });

  it('are not asked for again when the issuer said no; its no has a code and no secret', async () => {
    replies = [{ status: 403, body: { code: 'openclaw.caller.forbidden', detail: 'ocop_operator may not' } }];
    const refused = await codes.issue({}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(IssuerRefused);
    expect(refused).toMatchObject({ code: 'openclaw.caller.forbidden', retriable: false });
    expect(String(refused)).not.toContain('ocop_');
    expect(calls).toHaveLength(1);
  });

  it('are asked for with a token that is never sent in plain text beyond this machine', () => {
    const made = (issuer: string) => () => new IssuerCodes({ issuer, token: 't' });
    expect(made('http://issuer.internal:7100')).toThrow('needs https');
    expect(made('https://issuer.internal')).not.toThrow();
    expect(() => new IssuerCodes({ issuer: 'http://issuer.internal', token: 't', plainText: 'allowed' })).not.toThrow();
  });

  it('are given up after three attempts, by an error that may pass', async () => {
    replies = [];
    await expect(codes.rotate('c/1')).rejects.toMatchObject({ code: 'sdk.unreachable', retriable: true });
    expect(calls.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => '/v1/codes/c%2F1/rotate'));
  });
});
