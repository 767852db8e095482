import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceDefinition } from '@openclaw/contracts';
import { quantile } from '../statistics';
import { LOADER_CORE, type ServedProcess } from './served-process';

const SERVICE = 'openclaw.validator.v1.ValidatorService';

export interface Load {
  readonly method: 'Validate' | 'ValidateBatch' | 'ValidateStream';
  /** What each call sends: one message, or the messages of a stream. */
  readonly messages: readonly object[];
  readonly connections: number;
  /** Calls in flight on each connection. */
  readonly streams: number;
  /** Calls, or how long to go on. */
  readonly calls?: number;
  readonly seconds?: number;
  /** Calls a second on each connection; undefined: as fast as answers come. */
  readonly perSecond?: number;
}

/** What h2load (nghttp2) saw. */
export interface Loaded {
  readonly calls: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server, microseconds a call. */
  readonly cpuUs: number;
}

/** Loads a server from the other core; a call counts when it was answered 2xx. Whether it was allowed, ask the server. */
export const h2load = async (served: ServedProcess, load: Load): Promise<Loaded> => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-h2load-'));
  try {
    const [body, log] = [join(folder, 'body'), join(folder, 'log')];
    writeFileSync(body, Buffer.concat(load.messages.map((message) => framed(load.method, message))));
    const cpuBefore = served.cpuMs();
    const output = await run(['-c', LOADER_CORE, 'h2load', ...argumentsOf(served, load, body), `--log-file=${log}`]);
    const cpuMs = served.cpuMs() - cpuBefore;
    const [, calls, failed] = /requests: \d+ total, \d+ started, \d+ done, (\d+) succeeded, (\d+) failed/.exec(output) ?? [];
    const [, rate] = /finished in [^,]+, ([\d.]+) req\/s/.exec(output) ?? [];
    const tookMs = readFileSync(log, 'utf8').split('\n').flatMap((line) => tookOf(line));
    return {
      calls: Number(calls),
      failed: Number(failed),
      perSecond: Number(rate),
      p50Ms: quantile(tookMs, 0.5),
      p99Ms: quantile(tookMs, 0.99),
      cpuUs: (cpuMs * 1000) / Number(calls),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}; // prettier-ignore

const argumentsOf = ({ ready }: ServedProcess, load: Load, body: string): readonly string[] => [
  ...['-c', String(load.connections), '-m', String(load.streams), '-d', body],
  ...(load.calls === undefined ? ['-D', String(load.seconds ?? 1)] : ['-n', String(load.calls)]),
  ...(load.perSecond === undefined ? [] : [`--rps=${load.perSecond}`]),
  ...['-H', 'content-type: application/grpc', '-H', 'te: trailers', '-H', `authorization: Bearer ${ready.token}`],
  `http://127.0.0.1:${ready.port}/${SERVICE}/${load.method}`,
];

const run = async (argv: readonly string[]): Promise<string> => {
  const child = spawn('taskset', argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`h2load ended with ${code}: ${output.slice(-300)}`);
  return output;
};

/** `<start>\t<status>\t<microseconds>` of one call. */
const tookOf = (line: string): readonly number[] => {
  const [, , us] = line.split('\t');
  return us === undefined ? [] : [Number(us) / 1000];
};

const framed = (method: Load['method'], message: object): Buffer => {
  const definition = serviceDefinition(SERVICE)[method];
  if (definition === undefined) throw new Error(`the proto has no ${method}`);
  const bytes = definition.requestSerialize(message);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
};

/** A use as an API gateway sends it. */
export const useOf = (code: string): object => ({
  code,
  service: 'openai',
  resource: 'gpt-4o',
  action: 'chat',
  sourceIp: '10.1.2.3',
  endpoint: 'POST /v1/chat/completions',
});
