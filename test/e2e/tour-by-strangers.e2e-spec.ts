import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { goTool } from './tools/go-tools';
import { withJudge } from './tools/judge';

const run = promisify(execFile);
/** The bar: the whole tour, by clients that we did not write. */
const TOUR_MAX_MS = 60_000;
const START_MS = 120_000;

type Json = Record<string, unknown>;

describe('the tour with curl and grpcurl, and nothing of ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-tour-'));
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;
  beforeAll(async () => {
    system = await startEmbeddedSystem(folder);
  }, START_MS);
  afterAll(async () => {
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const grpcurl = goTool('grpcurl');

  /** curl with the operator's token; a body makes it a POST. */
  const curl = async (url: string, body?: object, ...more: readonly string[]): Promise<Json> => {
    const data = body === undefined ? [] : ['-H', 'content-type: application/json', '-d', JSON.stringify(body)];
    const { stdout } = await run('curl', [
      '-sS',
      '-H',
      `authorization: Bearer ${system.operatorToken}`,
      ...more,
      ...data,
      url,
    ]);
    return JSON.parse(stdout) as Json;
  };

  interface Use {
    readonly code: unknown;
    readonly action?: string;
    readonly sourceIp?: string;
    readonly minPosition?: unknown;
  }
  /** `allowed`, or the reason that grpcurl prints. */
  const grpc = async (use: Use, token = system.auditorToken): Promise<unknown> => {
    const request = { service: 'openai', resource: 'gpt-4o', action: 'chat', sourceIp: '10.1.2.3', ...use };
    const words = ['-plaintext', '-H', `authorization: Bearer ${token}`, '-d', JSON.stringify(request)];
    const method = 'openclaw.validator.v1.ValidatorService/Validate';
    const { stdout } = await run('path' in grpcurl ? grpcurl.path : '', [...words, system.validator, method]);
    const { decision } = JSON.parse(stdout) as { decision: { allowed?: boolean; reason?: string } };
    return decision.allowed === true ? 'allowed' : decision.reason?.replace('DENIAL_REASON_', '').toLowerCase();
  };
  const eventually = async (seen: () => Promise<unknown>, expected: unknown): Promise<void> => {
    let last = await seen();
    for (const end = performance.now() + 10_000; last !== expected && performance.now() < end; last = await seen())
      await pause(20);
    expect(last).toBe(expected);
  };

  let masterKeyId: unknown;
  const issue = (settings: object = {}): Promise<Json> =>
    curl(`${system.issuer}/v1/codes`, { masterKeyId, label: 'tour', scopes: ['openai:gpt-4o:chat'], ...settings });
  const change = (codeId: unknown, verb: string): Promise<Json> =>
    curl(`${system.issuer}/v1/codes/${String(codeId)}/${verb}`, { reason: `${verb} on the tour` });

  withJudge(
    'missing' in grpcurl ? grpcurl.missing : undefined,
    'a code is issued, allowed, refused for every reason there is, revoked, and all of it is on record, within a minute',
    async () => {
      const begunMs = performance.now();
      const key = await curl(`${system.issuer}/v1/master-keys`, {
        label: 'k',
        provider: 'openai',
        secret: 'sk-strangers-tour',
      });
      masterKeyId = key['masterKeyId'];
      const main = await issue({ ipAllowList: ['10.0.0.0/8'], owner: 'team-a' });
      const { code, codeId, position: minPosition } = main;
      expect(await grpc({ code, minPosition })).toBe('allowed');
      await refusals(code);
      await endings();
      const limited = await issue({ rateLimits: { perDay: 1 } });
      expect(await grpc({ code: limited['code'], minPosition: limited['position'] })).toBe('allowed');
      expect(await grpc({ code: limited['code'] })).toBe('rate_limited');

      const suspended = await change(codeId, 'suspend');
      expect(await grpc({ code, minPosition: suspended['position'] })).toBe('suspended');
      const resumed = await change(codeId, 'resume');
      expect(await grpc({ code, minPosition: resumed['position'] })).toBe('allowed');
      const narrowed = await curl(
        `${system.issuer}/v1/codes/${String(codeId)}`,
        { ipAllowList: ['10.1.0.0/16'], reason: 'office' },
        '-X',
        'PATCH',
        '-H',
        'if-match: *',
      );
      expect(await grpc({ code, sourceIp: '10.2.0.1', minPosition: narrowed['position'] })).toBe('ip_denied');
      const revoked = await change(codeId, 'revoke?wait=all');
      expect(revoked['receipt']).toMatchObject({ complete: true });
      expect(await grpc({ code })).toBe('revoked');

      await evidence(String(codeId));
      expect(performance.now() - begunMs).toBeLessThan(TOUR_MAX_MS);
    },
    2 * TOUR_MAX_MS,
  );

  const refusals = async (code: unknown): Promise<void> => {
    expect(await grpc({ code, action: 'train' })).toBe('scope_denied');
    expect(await grpc({ code, sourceIp: '203.0.113.9' })).toBe('ip_denied');
    expect(await grpc({ code: 'ocpc_nonsense' })).toBe('malformed');
    const unknown = `${String(code).slice(0, 20)}${String(code).slice(20).split('').toReversed().join('')}`;
    expect(['unknown_code', 'malformed']).toContain(await grpc({ code: unknown }));
    expect(await grpc({ code: unknown }, system.serviceToken)).toBe('invalid_code');
    await expect(grpc({ code }, 'nobody')).rejects.toThrow(/Unauthenticated/);
  };

  const endings = async (): Promise<void> => {
    const [early, short, once, idle, session] = await Promise.all([
      issue({ notBefore: new Date(Date.now() + 3_600_000).toISOString() }),
      issue({ expiresInSeconds: 1 }),
      issue({ usesMax: 1 }),
      issue({ idleTimeoutSeconds: 1 }),
      issue({ sessionLimitSeconds: 1 }),
    ]);
    expect(await grpc({ code: early['code'], minPosition: early['position'] })).toBe('not_yet_valid');
    for (const { code, position } of [once, idle, session])
      expect(await grpc({ code, minPosition: position })).toBe('allowed');
    expect(await grpc({ code: once['code'] })).toBe('already_used');
    await eventually(() => grpc({ code: session['code'] }), 'session_ended');
    await pause(1500); // an idle code is one that nobody asks about
    expect(await grpc({ code: idle['code'] })).toBe('idle_timed_out');
    await eventually(() => grpc({ code: short['code'] }), 'expired');
    const other = await curl(`${system.issuer}/v1/master-keys`, {
      label: 'o',
      provider: 'openai',
      secret: 'sk-strangers-other',
    });
    const under = await issue({ masterKeyId: other['masterKeyId'] });
    const disabled = await curl(`${system.issuer}/v1/master-keys/${String(other['masterKeyId'])}/disable`, {
      reason: 'incident',
    });
    expect(await grpc({ code: under['code'], minPosition: disabled['position'] })).toBe('master_key_unavailable');
  };

  /** Who, when, why, from where, old and new; what it was used for; the alert. */
  const evidence = async (codeId: string): Promise<void> => {
    const trail = async (): Promise<string> => JSON.stringify(await curl(`${system.audit}/v1/codes/${codeId}/history`));
    await eventually(async () => (await trail()).includes('revoke?wait=all on the tour'), true);
    const history = await trail();
    for (const fact of ['bootstrap-admin', '127.0.0.1', '10.0.0.0/8', '10.1.0.0/16', 'office', 'suspend on the tour']) {
      expect(history).toContain(fact);
    }
    const usage = async (): Promise<string> =>
      JSON.stringify(await curl(`${system.audit}/v1/usage/summary?code=${codeId}`));
    await eventually(async () => (await usage()).includes('"revoked":1'), true);
    for (let i = 0; i < 12; i += 1) await grpc({ code: 'ocpc_guess', sourceIp: '198.51.100.77' });
    const alerts = async (): Promise<number> => {
      const { alerts: found } = await curl(`${system.anomaly}/v1/alerts`);
      return (found as unknown[]).filter((one) => JSON.stringify(one).includes('source/198.51.100.77')).length;
    };
    await eventually(alerts, 1);
  };
});
