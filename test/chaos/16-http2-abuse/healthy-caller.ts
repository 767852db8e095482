import { createInterface } from 'node:readline';
import { GrpcCaller } from '../../../apps/validator/testing/grpc-caller';

/**
 * A caller as it should be, in a process of its own so that nobody else's work is in its times: one call after the
 * other, 200 a second at most. A line on standard input asks for the times since the last one.
 */
const [address = '', token = '', code = ''] = process.argv.slice(2);
const PAUSE_MS = 5;

let tookMs: number[] = [];
let failures = 0;

const callForEver = async (): Promise<void> => {
  const caller = new GrpcCaller(address, token);
  for (;;) {
    const begunAtMs = performance.now();
    const verdict = await caller.verdict({ code }).catch((error: unknown) => String(error));
    tookMs.push(performance.now() - begunAtMs);
    if (verdict !== 'allowed') failures += 1;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};

createInterface({ input: process.stdin })
  .on('line', () => {
    process.stdout.write(`${JSON.stringify({ tookMs, failures })}\n`);
    tookMs = [];
    failures = 0;
  })
  .once('close', () => process.exit(0));
void callForEver();
