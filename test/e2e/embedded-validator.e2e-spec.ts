import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditConfig, startAudit } from '@openclaw/audit';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import type { CodeValidator } from '@openclaw/sdk';
import { install } from '@openclaw/suite';
import { type Postgres, startPostgres } from '@openclaw/test/testbench';
import { rest } from '../demo/clients';
import { AiService } from './examples/ai-service';
import { embedded } from './examples/sdk-examples';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WAIT_MS = 15_000;

describe('the decision engine within the process of a service', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-embedded-'));
  let postgres: Postgres;
  let issuer: RunningApp;
  let audit: RunningApp;
  let validator: CodeValidator;
  let service: AiService;
  let call: ReturnType<typeof rest>;
  let trail: ReturnType<typeof rest>;
  let issue: (settings?: object) => Promise<Readonly<Record<'code' | 'codeId' | 'position', string>>>;

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    const { files, environment } = await install({ adminUrl: await postgres.freshDatabase('embedded'), folder });
    const free = '127.0.0.1:0';
    issuer = await startIssuer(issuerConfig({ ...environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: free }), quiet);
    audit = await startAudit(auditConfig({ ...environment.audit, OPENCLAW_AUDIT_HTTP_LISTEN: free }), quiet);
    validator = await embedded({ ...environment.validator });
    service = await AiService.over(validator, 'http://127.0.0.1:7100');
    const token = readFileSync(files.bootstrapTokenFile, 'utf8').trim();
    call = rest(issuer.listens['http'] ?? '', token);
    trail = rest(audit.listens['http'] ?? '', token);
    const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-embedded-engine' });
    issue = async (settings = {}) => {
      const body = { masterKeyId: key.body['masterKeyId'], label: 'l', scopes: ['openai:gpt-4o:chat'], ...settings };
      const { code, codeId, position } = (await call('POST', '/v1/codes', body)).body;
      return { code: String(code), codeId: String(codeId), position: String(position) };
    };
  });
  afterAll(async () => {
    await service.stop();
    await audit.close();
    await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const validate = ({ code, position }: { code: string; position: string }, requestId?: string) =>
    validator.validate({
      code,
      scope: 'openai:gpt-4o:chat',
      sourceIp: '10.1.2.3',
      minPosition: position,
      requestId,
      timeoutMs: 5000,
    });
  const eventually = async (isSo: () => Promise<boolean>): Promise<void> => {
    const giveUpMs = performance.now() + WAIT_MS;
    while (!(await isSo())) if (performance.now() > giveUpMs) throw new Error('never happened');
  };

  it('decides as a validator does: allowed, out of scope, taken once, revoked; and each use is in the trail', async () => {
    const once = await issue({ usesMax: 1 });
    expect(await validate(once, 'first')).toMatchObject({
      outcome: 'allowed',
      codeId: once.codeId,
      remaining: { uses: 0 },
    });
    expect(await validate(once, 'first')).toMatchObject({ outcome: 'allowed' });
    expect(await validate(once, 'second')).toMatchObject({ outcome: 'denied', reason: 'already_used' });
    const many = await issue();
    expect(await validate(many)).toMatchObject({ outcome: 'allowed' });
    await call('POST', `/v1/codes/${many.codeId}/revoke?wait=all`, { reason: 'test' });
    expect(await validate(many)).toMatchObject({ outcome: 'denied', reason: 'revoked' });
    const usesOf = async ({ codeId }: { codeId: string }): Promise<readonly unknown[]> =>
      (await trail('GET', `/v1/usage?code=${codeId}`)).body['usage'] as unknown[];
    await eventually(async () => (await usesOf(once)).length === 3 && (await usesOf(many)).length === 2);
  });

  it('serves the middleware like a client over the network', async () => {
    const { code, position } = await issue();
    await validate({ code: 'x', position });
    const ask = async (path: string): Promise<number> =>
      (await fetch(service.url + path, { method: 'POST', headers: { authorization: `Bearer ${code}` } })).status;
    expect([await ask('/v1/chat/completions'), await ask('/v1/embeddings')]).toEqual([200, 403]);
  });

  it('tells a mistake, a position of another log, and a deadline from a bad code', async () => {
    const { code } = await issue();
    expect(await validate({ code, position: 'none' })).toMatchObject({
      outcome: 'mistake',
      why: 'openclaw.request.position-invalid',
    });
    const limited = await issue({ usesMax: 1 });
    const use = {
      code: limited.code,
      scope: 'openai:gpt-4o:chat',
      sourceIp: '10.1.2.3',
      minPosition: limited.position,
    };
    expect(await validator.validate({ ...use, requestId: 'r', timeoutMs: 0 })).toMatchObject({
      outcome: 'cannot-know',
    });
    expect(await validate(limited, 'r')).toMatchObject({ outcome: 'allowed' });
  });
});
