import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashToken, newToken } from '@openclaw/platform';
import { PEPPER } from '../../../apps/validator/testing/lifecycle-writer';

const MAIN = join(__dirname, '..', '..', '..', 'apps', 'validator', 'dist', 'main.js');
const PATIENCE_MS = 240_000;

/** One validator of the product as it is deployed, started and asked like one. */
export class ValidatorProcess {
  #url = '';
  #stdout = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly startedAtMs: number,
    private readonly token: string,
  ) {
    child.stdout?.on('data', (chunk: Buffer) => this.#take(String(chunk)));
  }

  static async start({ url, folder }: { readonly url: string; readonly folder: string }): Promise<ValidatorProcess> {
    const token = newToken('service');
    const [pepperFile, tokensFile] = [join(folder, 'pepper'), join(folder, 'tokens')];
    await writeFile(pepperFile, `${PEPPER.keyId}:${PEPPER.key.export().toString('hex')}`, { mode: 0o600 });
    await writeFile(tokensFile, `bench:${hashToken(token)}\n`, { mode: 0o600 });
    const env = {
      PATH: process.env['PATH'] ?? '',
      OPENCLAW_LOG_URL: url,
      OPENCLAW_VALIDATOR_GRPC_LISTEN: '127.0.0.1:0',
      OPENCLAW_VALIDATOR_HTTP_LISTEN: '127.0.0.1:0',
      OPENCLAW_PEPPER_FILE: pepperFile,
      OPENCLAW_SERVICE_TOKENS_FILE: tokensFile,
      OPENCLAW_USAGE_SPOOL_DIR: join(folder, 'spool'),
      OPENCLAW_SNAPSHOT_DIR: join(folder, 'snapshots'),
    };
    const startedAtMs = performance.now();
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    return new ValidatorProcess(child, startedAtMs, token);
  }

  /** What it said of its snapshot. */
  get said(): string {
    const line = this.#stdout.split('\n').find((one) => one.includes('snapshot of the code index'));
    return line === undefined ? 'no snapshot' : line.replace(/.*"ms":(\d+).*/, 'snapshot read in $1 ms');
  }

  /** Milliseconds from its start to the first time that it allows a use of the code. */
  async allows(code: string): Promise<number> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    while (!(await this.#allowsNow(code))) {
      signal.throwIfAborted();
      if (this.child.exitCode !== null) throw new Error(`the validator ended with ${this.child.exitCode}: ${this.#stdout}`);
      await pause(2);
    }
    return performance.now() - this.startedAtMs;
  } // prettier-ignore

  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  }

  /** Ends it in order; answers how long that took, milliseconds. */
  async end(): Promise<number> {
    const begunAtMs = performance.now();
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
    if (this.child.exitCode !== 0) throw new Error(`the validator ended with ${this.child.exitCode}: ${this.#stdout}`);
    return performance.now() - begunAtMs;
  }

  async #allowsNow(code: string): Promise<boolean> {
    if (this.#url === '') return false;
    const body = { code, service: 'openai', resource: 'gpt-4o', action: 'chat', sourceIp: '10.1.2.3' };
    const answer = await fetch(`${this.#url}/v1/validate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return answer.ok && (await answer.text()).includes('"allowed":true');
  }

  #take(chunk: string): void {
    this.#stdout += chunk;
    const [, url] = /"http":"([^"]+)"/.exec(this.#stdout) ?? [];
    this.#url = url ?? '';
  }
}
