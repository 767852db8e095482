import { DatabaseError } from 'pg';
import { JournalClosed, JournalSettingsRefused } from '@openclaw/event-log';
import { Connection } from './connection';
import { ConnectionPool } from './connection-pool';
import { HistoryReplaced, StandbyAnswered } from './failures';
import { withinLimit } from './limit';

export interface DatabaseSettings {
  readonly url: string;
  readonly schema: string;
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
}

export interface RequestOptions {
  /** Ends this one request early. */
  readonly signal?: AbortSignal;
  /** Instead of the store's `requestTimeoutMs`. */
  readonly withinMs?: number;
}

/**
 * The database as one store uses it: bounded requests over a few connections, each of them shown to lead to the
 * primary of the same history before it is used.
 */
export class Database {
  readonly #closing = new AbortController();
  readonly #pool: ConnectionPool;
  #history: string | undefined;

  constructor(private readonly settings: DatabaseSettings) {
    this.#pool = new ConnectionPool((limit) => this.connect('openclaw-log', limit), settings.connectionsMax);
  }

  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Runs `work` on a connection; rejects in time, whatever the server does, with an error `isTransient` judges. */
  request<T>(
    work: (connection: Connection, limit: AbortSignal) => Promise<T>,
    { signal, withinMs = this.settings.requestTimeoutMs }: RequestOptions = {},
  ): Promise<T> {
    const ends = signal === undefined ? [this.closed] : [this.closed, signal];
    return withinLimit(withinMs, ends, (limit) => this.#pool.use(limit, (connection) => work(connection, limit)));
  }

  /** A connection outside of the pool, checked like every other. */
  async connect(applicationName: string, limit: AbortSignal): Promise<Connection> {
    const { url, requestTimeoutMs } = this.settings;
    const connection = await Connection.open({ url, applicationName, statementTimeoutMs: requestTimeoutMs }, limit);
    try {
      await this.#mustBeOurPrimary(connection, limit);
      return connection;
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new JournalClosed('the PostgreSQL journals are closed'));
    await this.#pool.close();
  }

  async #mustBeOurPrimary(connection: Connection, limit: AbortSignal): Promise<void> {
    const [row] = await connection.rows({ text: historyOf(this.settings.schema) }, limit).catch(explain(this.settings));
    const [standby, ...history] = row ?? [];
    if (standby === 'yes') throw new StandbyAnswered('the server is a standby');
    const found = history.join(' ');
    this.#history ??= found;
    if (found !== this.#history) {
      throw new HistoryReplaced(`the store was ${this.#history} (system, timeline, store) and is now ${found}`);
    }
  }
}

/**
 * The timeline is taken from the name of the file that WAL goes to now: the control file learns of a promotion only at
 * the checkpoint after it.
 */
const historyOf = (schema: string): string => `
  SELECT CASE WHEN pg_is_in_recovery() THEN 'yes' ELSE 'no' END,
         system_identifier,
         CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END,
         (SELECT store_id FROM ${schema}.store)
    FROM pg_control_system()`;

/** No schema, no table, or no right to look at them: said in words that lead to the remedy. */
const explain =
  ({ schema }: DatabaseSettings) =>
  (error: unknown): never => {
    if (error instanceof DatabaseError && ['42P01', '3F000', '42501'].includes(error.code ?? '')) {
      const fault = `schema ${schema} is missing here, or this login may not use it: migrate, then grant the login`;
      throw new JournalSettingsRefused([fault]);
    }
    throw error;
  };
