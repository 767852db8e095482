import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServedProcess } from '../load/grpc/served-process';
import { goTool } from './tools/go-tools';
import { withJudge } from './tools/judge';

const run = promisify(execFile);
const TEST_MS = 120_000;

describe('HTTP/2 of the validator, judged by h2spec', () => {
  const h2spec = goTool('h2spec');
  withJudge(
    'missing' in h2spec ? h2spec.missing : undefined,
    'conforms to RFC 7540 and RFC 7541 in every case that h2spec knows',
    async () => {
      const served = await ServedProcess.start('validator');
      try {
        const path = 'path' in h2spec ? h2spec.path : '';
        const argv = ['-h', '127.0.0.1', '-p', String(served.ready.port), '-o', '5'];
        const { stdout } = await run(path, argv).catch((error: unknown) => error as { readonly stdout: string });
        const [verdict, total, passed] = /(\d+) tests, (\d+) passed, \d+ skipped, \d+ failed/.exec(stdout) ?? [];
        console.log(`h2spec: ${verdict ?? stdout.slice(-500)}`);
        expect(Number(total)).toBeGreaterThanOrEqual(145);
        expect(passed).toBe(total);
      } finally {
        await served.stop();
      }
    },
    TEST_MS,
  );
});
