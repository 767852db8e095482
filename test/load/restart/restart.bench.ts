import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPIC } from '@openclaw/contracts';
import { type JournalStore, encodeOuterForm } from '@openclaw/event-log';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { startPostgres } from '@openclaw/test/testbench';
import { LifecycleWriter } from '../../../apps/validator/testing/lifecycle-writer';
import type { BenchOptions } from '../bench-options';
import { codeIssued } from '../code-index/sample-codes';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';
import { ValidatorProcess } from './validator-process';

const CODES = 1_000_000;
const QUICK_CODES = 20_000;
const TAIL_EVENTS = 200;
const APPENDS_AT_ONCE = 2_000;
const BOUND_MS = 10_000;

const SERVING: Bar = {
  what: 'start to first answer, ms',
  limit: 2000,
  holds: 'at most',
  source: 'docs/reference/benchmarks.md',
};
const AGAINST: Bar = {
  what: 'by replay / from a snapshot',
  limit: 10,
  holds: 'at least',
  source: 'docs/reference/benchmarks.md',
};

/**
 * A validator of the product as a process of its own, on a PostgreSQL log with a million codes: from its start to its
 * first allowed use of the newest code, once by replay of the whole log, then from the snapshot that it left behind and
 * a tail that was written after it.
 */
export const restartBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-restart-'));
  const server = await startPostgres();
  try {
    const stores = await PostgresStores.on(await server.freshDatabase('restart'));
    const issuer = await LifecycleWriter.open(stores.store(), BOUND_MS);
    const codes = quick ? QUICK_CODES : CODES;
    const filledMs = await fill(stores.store(), codes);
    note(`  ${codes} codes written in ${(filledMs / 1000).toFixed(0)} s`);
    const first = await startOnce({ url: stores.url, folder, issuer });
    note(`  by replay: ${lineOf(first)}`);
    const { size } = await stat(join(folder, 'snapshots', 'validator-1.code-index'));
    note(`  snapshot of ${(size / 2 ** 20).toFixed(0)} MiB, written at the end in ${first.endedInMs.toFixed(0)} ms`);
    const restarts: Started[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 0; i < TAIL_EVENTS; i += 1) await issuer.issue();
      const again = await startOnce({ url: stores.url, folder, issuer });
      note(`  from the snapshot: ${lineOf(again)}`);
      restarts.push(again);
    }
    const servingMs = restarts.map(({ servingInMs }) => servingInMs);
    note(`  median ${shown(spreadOf(servingMs), 0)} ms`);
    await issuer.fresh.close();
    await stores.dispose();
    return judgeBench('restart', [
      { target: `${codes} codes`, bar: SERVING, rounds: servingMs },
      { target: `${codes} codes`, bar: AGAINST, rounds: servingMs.map((ms) => first.servingInMs / ms) },
    ]);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}; // prettier-ignore

interface Started {
  /** From the start of the process to its first yes, milliseconds. */
  readonly servingInMs: number;
  readonly endedInMs: number;
  /** Of those until it read the snapshot. */
  readonly said: string;
  readonly residentBytes: number;
}

const lineOf = ({ servingInMs, said, residentBytes }: Started): string =>
  `serving after ${servingInMs.toFixed(0)} ms, ${(residentBytes / 2 ** 20).toFixed(0)} MiB resident (${said})`;

const startOnce = async (given: { url: string; folder: string; issuer: LifecycleWriter }): Promise<Started> => {
  const { code } = await given.issuer.issue();
  const validator = await ValidatorProcess.start(given);
  const servingInMs = await validator.allows(code);
  const residentBytes = await validator.residentBytes();
  const endedInMs = await validator.end();
  return { servingInMs, endedInMs, residentBytes, said: validator.said };
};

const fill = async (store: JournalStore, codes: number): Promise<number> => {
  const begunAtMs = performance.now();
  const journal = await store.open(TOPIC.lifecycle);
  for (let n = 1; n <= codes; n += APPENDS_AT_ONCE) {
    const appends: Promise<void>[] = [];
    for (let i = n; i < n + APPENDS_AT_ONCE && i <= codes; i += 1) {
      const { stream, ...event } = codeIssued(i);
      appends.push(journal.append({ key: stream, value: encodeOuterForm(stream, 1, event) }));
    }
    await Promise.all(appends);
  }
  return performance.now() - begunAtMs;
};
