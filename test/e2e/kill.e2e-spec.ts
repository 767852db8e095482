import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';

const KILLS = 3;
const WORKERS = 4;
const TEST_MS = 180_000;

type System = Awaited<ReturnType<typeof startEmbeddedSystem>>;

describe('kill -9 of the whole suite while codes are issued', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-kill-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  /** Issues one code under an idempotency key; undefined when the answer was lost. */
  const issue = async (system: System, masterKeyId: string, key: string): Promise<string | undefined> => {
    const call = rest(system.issuer, system.operatorToken);
    const body = { masterKeyId, label: key, scopes: ['openai:*:chat'] };
    const answer = await call('POST', '/v1/codes', body, { 'idempotency-key': key }).catch(() => undefined);
    return answer !== undefined && answer.status < 300 ? String(answer.body['codeId']) : undefined;
  };

  it(
    'loses nothing that was acknowledged, doubles nothing, and a retry with its key gets the same code',
    async () => {
      const acknowledged = new Map<string, string>();
      let system = await startEmbeddedSystem(dataDir);
      const registered = await rest(system.issuer, system.operatorToken)('POST', '/v1/master-keys', {
        label: 'prod',
        provider: 'openai',
        secret: 'sk-kill-test-secret',
      });
      const masterKeyId = String(registered.body['masterKeyId']);
      for (let round = 0; round < KILLS; round += 1) {
        const keys: string[] = [];
        let alive = true;
        const worker = async (name: number): Promise<void> => {
          for (let i = 0; alive; i += 1) {
            const key = `${round}-${name}-${i}`;
            keys.push(key);
            const codeId = await issue(system, masterKeyId, key);
            if (codeId !== undefined) acknowledged.set(key, codeId);
          }
        };
        const running = Array.from({ length: WORKERS }, (_, name) => worker(name));
        const enough = acknowledged.size + randomInt(20, 60);
        while (acknowledged.size < enough) await new Promise((turn) => setImmediate(turn));
        await system.kill();
        alive = false;
        await Promise.all(running);
        system = await startEmbeddedSystem(dataDir);
        for (const key of keys) {
          const again = await issue(system, masterKeyId, key);
          expect(again).toBeDefined();
          expect([key, acknowledged.get(key) ?? again]).toEqual([key, again]);
          acknowledged.set(key, String(again));
        }
      }
      await expectOnceEach(system, [...acknowledged.values()]);
      await system.stop();
    },
    TEST_MS,
  );

  /** Each code is in the trail as issued exactly once; copies that lost are there too, marked as not accepted. */
  const expectOnceEach = async (system: System, codeIds: readonly string[]): Promise<void> => {
    expect(new Set(codeIds).size).toBe(codeIds.length);
    for (const codeId of codeIds) {
      let issued = await issuedEvents(system, codeId);
      while (issued === 0) issued = await issuedEvents(system, codeId);
      expect([codeId, issued]).toEqual([codeId, 1]);
    }
  };

  const issuedEvents = async (system: System, codeId: string): Promise<number> => {
    const { body } = await rest(system.audit, system.operatorToken)('GET', `/v1/trail?entity=${codeId}`);
    const entries = body['entries'] as readonly { readonly type: string; readonly accepted: boolean }[];
    return entries.filter(({ type, accepted }) => accepted && type === 'openclaw.pairing-code.issued.v1').length;
  };
});
