import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchOptions } from '../bench-options';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';
import { type Built, parseBuilt } from './built.parser';

const CODES = 1_000_000;
const QUICK_CODES = 50_000;
const FLAT_ROUNDS_MAX = 3;
const LOOP_STALL_MAX_MS = 20;
const BYTES_A_CODE_MAX = 400;

const STALL: Bar = {
  what: 'worst stall of the loop, ms',
  limit: LOOP_STALL_MAX_MS,
  holds: 'at most',
  source: 'docs/reference/benchmarks.md',
};
const AGAINST: Bar = {
  what: 'worst stall / that of a Map of objects',
  limit: 0.1,
  holds: 'at most',
  source: 'docs/reference/benchmarks.md',
};
const MEMORY: Bar = {
  what: 'resident bytes a code',
  limit: BYTES_A_CODE_MAX,
  holds: 'at most',
  source: 'docs/reference/benchmarks.md',
};

const run = promisify(execFile);

/**
 * A million codes, each issued by an event, some rotated, updated and revoked, then judged at random: how long the event
 * loop stands still at worst, and what it all takes in memory; the flat index (with the revisions that the log keeps of
 * all streams), and beside it the plain way, a Map of objects. Each in a process of its own, so that one does not pay for
 * the other's garbage. A stall is the processor time that the loop's thread needs for one turn, collection of garbage
 * included, without helping threads: what a core of its own would show at worst, whatever else runs on the machine.
 */
export const tableBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const codes = quick ? QUICK_CODES : CODES;
  const plain = await build('objects', codes);
  note(`  Map of objects  ${lineOf(plain)}`);
  const flat: Built[] = [];
  // What else runs on the machine only ever adds to a stall, so a few builds are enough to see what the index adds.
  for (let round = 0; round < Math.min(rounds, FLAT_ROUNDS_MAX); round += 1) {
    const built = await build('flat', codes);
    note(`  flat index      ${lineOf(built)}`);
    flat.push(built);
  }
  note(`  bytes a code: flat ${shown(spreadOf(flat.map(perCode)), 0)}, objects ${perCode(plain).toFixed(0)}`);
  return judgeBench('table', [
    { target: `${codes} codes`, bar: STALL, rounds: flat.map(({ worstStallMs }) => worstStallMs) },
    {
      target: `${codes} codes`,
      bar: AGAINST,
      rounds: flat.map(({ worstStallMs }) => worstStallMs / plain.worstStallMs),
    },
    { target: `${codes} codes`, bar: MEMORY, rounds: flat.map(perCode) },
  ]);
};

const perCode = ({ codes, residentBytes }: Built): number => residentBytes / codes;

const lineOf = ({
  worstStallMs,
  p999StallMs,
  worstWallMs,
  worstCollectionMs,
  residentBytes,
  buildMs,
  digestOk,
}: Built): string =>
  `built in ${(buildMs / 1000).toFixed(1)} s, worst stall ${worstStallMs.toFixed(1)} ms (99.9 % below ` +
  `${p999StallMs.toFixed(1)}; ${worstWallMs.toFixed(1)} by the clock on the wall), longest collection ${worstCollectionMs.toFixed(1)} ms, ` +
  `${(residentBytes / 2 ** 20).toFixed(0)} MiB, every lookup ${digestOk ? 'right' : 'WRONG'}`;

const build = async (kind: string, codes: number): Promise<Built> => {
  const preload = join(__dirname, '..', '..', 'testbench', 'typescript.cjs');
  const args = ['--expose-gc', '--single-threaded-gc', '-r', preload, join(__dirname, 'build.ts'), kind, String(codes)];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 2 ** 20 });
  return parseBuilt(stdout);
};
