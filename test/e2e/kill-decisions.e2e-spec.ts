import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidatorClient, rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';

const KILLS = 2;
const WORKERS = 8;
const TEST_MS = 120_000;
const PATIENCE_MS = 30_000;

type System = Awaited<ReturnType<typeof startEmbeddedSystem>>;
interface Usage {
  readonly outcome: string;
  readonly producer: string;
  readonly sequence: number;
}

describe('kill -9 of the whole suite while codes are used', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'openclaw-kill-'));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  const newCode = async (system: System): Promise<{ readonly code: string; readonly codeId: string }> => {
    const call = rest(system.issuer, system.operatorToken);
    const key = await call('POST', '/v1/master-keys', {
      label: 'p',
      provider: 'openai',
      secret: 'sk-kill-test-secret',
    });
    const masterKeyId = String(key.body['masterKeyId']);
    const { body } = await call('POST', '/v1/codes', { masterKeyId, label: 'used', scopes: ['openai:*:chat'] });
    return { code: String(body['code']), codeId: String(body['codeId']) };
  };

  const usageOf = async (system: System, codeId: string): Promise<readonly Usage[]> => {
    const all: Usage[] = [];
    for (let after = ''; ;) {
      const path = `/v1/usage?code=${codeId}&page_size=500${after === '' ? '' : `&after=${after}`}`;
      const { body } = await rest(system.audit, system.operatorToken)('GET', path);
      all.push(...(body['usage'] as readonly Usage[]));
      if (typeof body['next_page_token'] !== 'string') return all;
      after = body['next_page_token'];
    }
  };

  it(
    'has every answered decision in the audit exactly once, and no more than were asked for',
    async () => {
      let system = await startEmbeddedSystem(dataDir);
      const { code, codeId } = await newCode(system);
      let [asked, answered] = [0, 0];
      for (let round = 0; round < KILLS; round += 1) {
        const client = new ValidatorClient(system, system.auditorToken);
        let alive = true;
        const worker = async (): Promise<void> => {
          while (alive) {
            asked += 1;
            const { verdict } = await client.validate({ code });
            if (verdict === 'allow') answered += 1;
            else if (alive) throw new Error(`answered ${verdict}`);
          }
        };
        const enough = answered + randomInt(200, 600);
        const running = Array.from({ length: WORKERS }, worker);
        while (answered < enough) await new Promise((turn) => setImmediate(turn));
        alive = false;
        await system.kill();
        await Promise.all(running);
        client.close();
        system = await startEmbeddedSystem(dataDir);
      }
      const giveUpMs = performance.now() + PATIENCE_MS;
      let seen = await usageOf(system, codeId);
      while (seen.length < answered && performance.now() < giveUpMs) seen = await usageOf(system, codeId);
      expect(seen.length).toBeGreaterThanOrEqual(answered);
      expect(seen.length).toBeLessThanOrEqual(asked);
      expect(new Set(seen.map(({ producer, sequence }) => `${producer}/${sequence}`)).size).toBe(seen.length);
      expect(seen.every(({ outcome }) => outcome === 'allowed')).toBe(true);
      await system.stop();
    },
    TEST_MS,
  );
});
