import { domainCodec } from '@openclaw/contracts';
import { ProjectionTable, ReadModels, trailProjection } from '@openclaw/read-models-postgres';
import { type Postgres, startPostgres } from '@openclaw/test/testbench';
import { Client } from 'pg';
import type { BenchOptions } from '../bench-options';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Judged, type Verdict, judgeBench } from '../verdict';
import { type FilledLog, filledInKafka, filledInPostgres } from './filled-log';
import { projectLog } from './projected-log';
import { batchesOf, copyAtOnce, copyInBatches, rowsAsText } from './raw-copy';

const BAR: Bar = {
  what: 'projection rows/s / raw COPY rows/s, batched alike',
  limit: 0.6,
  holds: 'at least',
  source: 'docs/reference/benchmarks.md',
};
const EVENTS = 100_000;
const EVENTS_QUICK = 20_000;
const GENERATION = 2;

/** Rows per second. */
interface Round {
  readonly projection: number;
  readonly withOpening: number;
  readonly copyBatched: number;
  readonly copyAtOnce: number;
  readonly batches: number;
}

/**
 * The trail of a whole log, with its position in the same transactions, against COPY of the same rows. From the logs
 * that an audit service reads: a log in memory is gone with the process, nobody projects it into a database.
 */
export const projectionBench = async (options: BenchOptions): Promise<Verdict> => {
  const judged: Judged[] = [];
  const server = await startPostgres();
  try {
    for (const target of options.targets) {
      if (target !== 'postgres' && target !== 'kafka-1') continue;
      const rounds = await measureLog(server, target, options);
      judged.push({ target, bar: BAR, rounds: rounds.map((round) => round.projection / round.copyBatched) });
      for (const line of reportOf(rounds)) options.note(line);
    }
  } finally {
    await server.stop();
  }
  return judgeBench('projection', judged);
};

const measureLog = async (
  server: Postgres,
  target: 'postgres' | 'kafka-1',
  { quick, rounds, note }: BenchOptions,
): Promise<readonly Round[]> => {
  const events = quick ? EVENTS_QUICK : EVENTS;
  const filled = await (target === 'kafka-1' ? filledInKafka(events) : filledInPostgres(server, events));
  const bed = await CopyBed.open(server);
  try {
    note(`\n${target} log of ${events} events, projected into ${bed.version}`);
    await bed.round(filled); // warms up
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await bed.round(filled));
    return measured;
  } finally {
    await bed.close();
    await filled.close();
  }
};

/** A database with the trail's table, made anew before each measurement. */
class CopyBed {
  readonly #definition = trailProjection(({ type, data }) => {
    const decoded = domainCodec.decode(type, data);
    return decoded.understood ? undefined : decoded.reason;
  });
  readonly #models: ReadModels;
  readonly #table: ProjectionTable;

  private constructor(
    url: string,
    private readonly client: Client,
    readonly version: string,
  ) {
    this.#models = new ReadModels([this.#definition], { url });
    this.#table = new ProjectionTable(this.#models, this.#definition);
  }

  static async open(server: Postgres): Promise<CopyBed> {
    const url = await server.freshDatabase('bench_views');
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    const bed = new CopyBed(url, client, `postgres ${rows[0]?.server_version ?? 'of an unknown version'}`);
    await bed.#models.migrate();
    return bed;
  }

  /** The projection, then COPY of the rows it made, into equal and empty tables. */
  async round(filled: FilledLog): Promise<Round> {
    const columns = this.#definition.columns.join(', ');
    const name = `${this.#models.schema}.${this.#definition.table}_g${GENERATION}`;
    await this.#empty();
    const projected = await projectLog(filled, this.#table.store(GENERATION, 0));
    const lines = await rowsAsText(this.client, name, columns);
    const batches = batchesOf(lines, projected.batches);
    const into = `${name} (${columns})`;
    await this.#empty();
    const batchedMs = await copyInBatches(this.client, into, batches);
    await this.#empty();
    const atOnceMs = await copyAtOnce(this.client, into, batches);
    const perSecond = (ms: number): number => (lines.length * 1000) / ms;
    return {
      projection: perSecond(projected.tookMs),
      withOpening: perSecond(projected.tookMs + projected.openMs),
      copyBatched: perSecond(batchedMs),
      copyAtOnce: perSecond(atOnceMs),
      batches: batches.length,
    };
  }

  async close(): Promise<void> {
    await this.#models.close();
    await this.client.end();
  }

  /** An empty table with the same columns and indexes, and nothing that the server still has to write out. */
  async #empty(): Promise<void> {
    const made = await this.#table.next();
    if (made !== GENERATION) throw new Error(`the next generation is ${made}, not ${GENERATION}`);
    await this.client.query('CHECKPOINT');
  }
}

const reportOf = (rounds: readonly Round[]): readonly string[] => [
  `  rows per second, median (least to greatest round), ${rounds.length} rounds, ${rounds[0]?.batches} commits each`,
  ...(
    [
      ['projection, position in the transaction', 'projection'],
      ['the same with opening the log', 'withOpening'],
      ['raw COPY, batched alike', 'copyBatched'],
      ['raw COPY, all at once', 'copyAtOnce'],
    ] as const
  ).map(([label, field]) => `  ${label.padEnd(40)} ${shown(spreadOf(rounds.map((round) => round[field])), 0)}`),
];
