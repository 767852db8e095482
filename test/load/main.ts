import { abuseBench } from './abuse/abuse.bench';
import { appendBench } from './append/append.bench';
import { type BenchOptions, benchOptions } from './bench-options';
import { decisionBench } from './decision/decision.bench';
import { projectionBench } from './projection/projection.bench';
import { restartBench } from './restart/restart.bench';
import { revokeBench } from './revoke/revoke.bench';
import { streamBench } from './stream/stream.bench';
import { telemetryBench } from './telemetry/telemetry.bench';
import { tableBench } from './table/table.bench';
import { unaryBench } from './unary/unary.bench';
import { surroundings } from './surroundings';
import { type Verdict, judgeBench, rulingLines } from './verdict';

/**
 * `npm run bench -- <name> [--target <name>]... [--rounds <n>] [--quick]`: measures against a baseline of the
 * same run. The last line is one JSON object; the exit code is 1 when a bar was missed or could not be measured.
 */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Verdict>>> = {
  append: appendBench,
  decision: decisionBench,
  projection: projectionBench,
  restart: restartBench,
  revoke: revokeBench,
  table: tableBench,
  telemetry: telemetryBench,
  unary: unaryBench,
  stream: streamBench,
  abuse: abuseBench,
};

const run = async ([name = '', ...rest]: readonly string[]): Promise<Verdict> => {
  const bench = BENCHES[name];
  if (bench === undefined) return judgeBench(name, [], [`use one of ${Object.keys(BENCHES).join(', ')}`]);
  try {
    const options = benchOptions(rest, (line) => console.log(line));
    for (const line of surroundings()) console.log(line);
    return await bench(options);
  } catch (error) {
    console.error(error);
    return judgeBench(name, [], [String(error)]);
  }
};

void run(process.argv.slice(2)).then((verdict) => {
  for (const line of rulingLines(verdict)) console.log(line);
  console.log(JSON.stringify(verdict));
  process.exit(verdict.pass ? 0 : 1);
});
