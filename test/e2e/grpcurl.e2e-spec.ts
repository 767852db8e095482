import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';

const run = promisify(execFile);
const GRPCURL = 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4';
const INSTALL_MS = 400_000;
const TEST_MS = 60_000;

/** grpcurl, a client that we did not write: from the PATH, or built once by the Go toolchain; undefined without one. */
const grpcurl = async (): Promise<string | undefined> => {
  const inGoBin = join(process.env['GOPATH'] ?? join(homedir(), 'go'), 'bin', 'grpcurl');
  for (const path of ['grpcurl', inGoBin]) {
    if (path === 'grpcurl' ? await works(path) : existsSync(path)) return path;
  }
  if (!(await works('go', 'version'))) return undefined;
  await run('go', ['install', GRPCURL], { env: { ...process.env, GOFLAGS: '-buildvcs=false' }, timeout: INSTALL_MS });
  return existsSync(inGoBin) ? inGoBin : undefined;
};

const works = (command: string, argument = '-version'): Promise<boolean> =>
  run(command, [argument]).then(
    () => true,
    () => false,
  );

describe('the validator, called with grpcurl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-grpcurl-'));
  let tool: string | undefined;
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;

  beforeAll(async () => {
    tool = await grpcurl();
    if (tool === undefined) console.warn('SKIPPED: neither grpcurl nor a Go toolchain to build it is here');
    system = await startEmbeddedSystem(folder);
  }, INSTALL_MS + TEST_MS);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (method: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = ['-H', `authorization: Bearer ${system.auditorToken}`];
    const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
    const { stdout } = await run(tool ?? '', ['-plaintext', ...headers, ...data, system.validator, method]);
    return JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, unknown>;
  };

  it(
    'finds the services by reflection, and sees a code allowed, refused and dead after its revocation',
    async () => {
      if (tool === undefined) return;
      const { stdout } = await run(tool, ['-plaintext', system.validator, 'list']);
      expect(stdout.split('\n')).toEqual(
        expect.arrayContaining(['grpc.health.v1.Health', 'openclaw.validator.v1.ValidatorService']),
      );
      expect(await call('grpc.health.v1.Health/Check', { service: 'openclaw.validator.v1.ValidatorService' })).toEqual({
        status: 'SERVING',
      });

      const issuer = rest(system.issuer, system.operatorToken);
      const key = await issuer('POST', '/v1/master-keys', { label: 'l', provider: 'p', secret: 'sk-grpcurl-secret' });
      const { body } = await issuer('POST', '/v1/codes', {
        masterKeyId: key.body['masterKeyId'],
        label: 'c',
        scopes: ['a:b:c'],
      });
      const use = {
        code: body['code'],
        service: 'a',
        resource: 'b',
        action: 'c',
        sourceIp: '192.0.2.1',
        minPosition: body['position'],
      };
      const validate = (change: object = {}): Promise<Record<string, unknown>> =>
        call('openclaw.validator.v1.ValidatorService/Validate', { ...use, ...change });
      expect(await validate()).toMatchObject({ decision: { allowed: true, codeId: body['codeId'] } });
      expect(await validate({ action: 'x' })).toMatchObject({ decision: { reason: 'DENIAL_REASON_SCOPE_DENIED' } });
      const revoked = await issuer('POST', `/v1/codes/${String(body['codeId'])}/revoke?wait=all`, { reason: 'test' });
      expect(revoked.status).toBe(200);
      expect(await validate()).toMatchObject({ decision: { reason: 'DENIAL_REASON_REVOKED' } });
    },
    TEST_MS,
  );
});
