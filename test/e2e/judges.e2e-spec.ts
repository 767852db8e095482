import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PROTO } from '@openclaw/contracts';
import { rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { type Got, goTool } from './tools/go-tools';
import { withJudge } from './tools/judge';
import { pythonWith } from './tools/python';

const run = promisify(execFile);
const TEST_MS = 60_000;
const SERVICE = 'openclaw.validator.v1.ValidatorService';
const PROTOS = resolve(__dirname, '../../libs/contracts/proto');

const missing = (got: Got): string | undefined => ('missing' in got ? got.missing : undefined);
const path = (got: Got): string => ('path' in got ? got.path : '');

describe('the validator, called by clients that we did not write', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-judges-'));
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;
  let code: string;
  let codeId: string;

  beforeAll(async () => {
    system = await startEmbeddedSystem(folder);
    const call = rest(system.issuer, system.operatorToken);
    const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-for-the-judges' });
    const body = { masterKeyId: key.body['masterKeyId'], label: 'l', scopes: ['openai:gpt-4o:chat'] };
    const issued = await call('POST', '/v1/codes', body);
    [code, codeId] = [String(issued.body['code']), String(issued.body['codeId'])];
  }, TEST_MS);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const grpcurl = goTool('grpcurl');
  const ask = async (method: string, body: object): Promise<Record<string, unknown>> => {
    const authorization = `authorization: Bearer ${system.auditorToken}`;
    const words = ['-plaintext', '-H', authorization, '-d', JSON.stringify(body), system.validator, method];
    const { stdout } = await run(path(grpcurl), words);
    return JSON.parse(stdout === '' ? '{}' : stdout) as Record<string, unknown>;
  };

  withJudge(
    missing(grpcurl),
    'grpcurl finds the services by reflection, and sees a code allowed, refused and dead after its revocation',
    async () => {
      const { stdout } = await run(path(grpcurl), ['-plaintext', system.validator, 'list']);
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(['grpc.health.v1.Health', SERVICE]));
      expect(await ask('grpc.health.v1.Health/Check', { service: SERVICE })).toEqual({ status: 'SERVING' });
      const issuer = rest(system.issuer, system.operatorToken);
      const key = await issuer('POST', '/v1/master-keys', { label: 'l', provider: 'p', secret: 'sk-grpcurl-secret' });
      const body = { masterKeyId: key.body['masterKeyId'], label: 'c', scopes: ['a:b:c'] };
      const issued = (await issuer('POST', '/v1/codes', body)).body;
      const use = { service: 'a', resource: 'b', action: 'c', sourceIp: '192.0.2.1', minPosition: issued['position'] };
      const validate = (change: object = {}): Promise<Record<string, unknown>> =>
        ask(`${SERVICE}/Validate`, { ...use, code: issued['code'], ...change });
      expect(await validate()).toMatchObject({ decision: { allowed: true, codeId: issued['codeId'] } });
      expect(await validate({ action: 'x' })).toMatchObject({ decision: { reason: 'DENIAL_REASON_SCOPE_DENIED' } });
      await issuer('POST', `/v1/codes/${String(issued['codeId'])}/revoke?wait=all`, { reason: 'test' });
      expect(await validate()).toMatchObject({ decision: { reason: 'DENIAL_REASON_REVOKED' } });
    },
    TEST_MS,
  );

  withJudge(
    missing(grpcurl),
    'grpcurl issues, shows and revokes a code at the issuer, with the services found by reflection',
    async () => {
      const call = async (
        method: string,
        body: object,
        token = system.operatorToken,
      ): Promise<Record<string, Record<string, unknown>>> => {
        const words = ['-plaintext', '-H', `authorization: Bearer ${token}`, '-d', JSON.stringify(body)];
        const { stdout } = await run(path(grpcurl), [...words, system.issuerGrpc, `openclaw.issuer.v1.${method}`]);
        return JSON.parse(stdout) as Record<string, Record<string, unknown>>;
      };
      const { stdout } = await run(path(grpcurl), ['-plaintext', system.issuerGrpc, 'list']);
      expect(stdout.split('\n')).toEqual(expect.arrayContaining([...PROTO.issuer.services, 'grpc.health.v1.Health']));
      const key = { label: 'l', provider: 'p', secret: 'sk-grpcurl-at-the-issuer', idempotencyKey: 'grpcurl-1' };
      const { masterKey } = await call('IssuerService/RegisterMasterKey', key);
      const settings = { masterKeyId: masterKey?.['masterKeyId'], label: 'c', scopes: ['a:b:c'], idleTimeout: '600s' };
      const issued = await call('IssuerService/IssueCode', { settings, expiresIn: '3600s' });
      expect(issued['plainCode']).toMatch(/^ocpc_/);
      const codeId = issued['code']?.['codeId'];
      const { code: shown } = await call('IssuerService/GetCode', { codeId });
      expect(shown).toMatchObject({ state: 'CODE_STATE_ACTIVE', settings: { idleTimeout: '600s' } });
      const wait = 'REVOCATION_WAIT_VALIDATORS';
      const revoked = await call('IssuerService/RevokeCode', { codeId, reason: 'over', wait });
      expect(revoked).toMatchObject({ code: { state: 'CODE_STATE_REVOKED' }, receipt: { complete: true } });
      expect(await call('AdministrationService/GetOwnAccess', {})).toMatchObject({
        operator: { state: 'OPERATOR_STATE_ACTIVE' },
      });
      const refused = await call('IssuerService/GetCode', { codeId }, 'ocop_nobody').catch(
        (error: { stderr: string }) => error.stderr,
      );
      expect(refused).toContain('Unauthenticated');
    },
    TEST_MS,
  );

  const probe = goTool('grpc-health-probe');
  withJudge(
    missing(probe),
    'grpc-health-probe finds it serving, and nothing under another name',
    async () => {
      const check = (service: string, at = system.validator): Promise<{ stderr: string }> =>
        run(path(probe), [`-addr=${at}`, `-service=${service}`]);
      for (const name of ['', ...PROTO.issuer.services]) {
        expect((await check(name, system.issuerGrpc)).stderr).toContain('SERVING');
      }
      expect((await check(SERVICE)).stderr).toContain('SERVING');
      await expect(check('openclaw.none.v1.None')).rejects.toThrow();
    },
    TEST_MS,
  );

  const python = pythonWith('grpc_tools');
  withJudge(
    missing(python),
    'Python, grpcio, from the published proto',
    async () => {
      const validate = async (secret: string, action: string, token = system.auditorToken): Promise<unknown> => {
        const script = join(__dirname, 'examples/validate.py');
        const options = { env: { ...process.env, PROTOS } };
        const { stdout } = await run(path(python), [script, system.validator, token, secret, action], options);
        return JSON.parse(stdout) as unknown;
      };
      expect(await validate(code, 'chat')).toEqual({ allowed: true, reason: 'DENIAL_REASON_UNSPECIFIED', codeId });
      expect(await validate(code, 'train')).toMatchObject({ allowed: false, reason: 'DENIAL_REASON_SCOPE_DENIED' });
      expect(await validate('ocpc_nonsense', 'chat')).toMatchObject({ reason: 'DENIAL_REASON_MALFORMED' });
      expect(await validate(code, 'chat', 'a stranger')).toEqual({ error: 'UNAUTHENTICATED' });
    },
    TEST_MS,
  );
});
