import { Socket } from 'node:net';
import { Client, DatabaseError, type Notification, type QueryArrayConfig } from 'pg';
import { ConnectionLost } from './failures';
import { onAbort } from './limit';

export interface ConnectionSettings {
  readonly url: string;
  readonly applicationName: string;
  /** The server gives up a statement (a wait for a lock, say) whose client has long gone. */
  readonly statementTimeoutMs: number;
}

/** One value as PostgreSQL's text protocol gives it. */
export type Cell = string | null;

/** One connection to the database, one request at a time. Every wait on it obeys a limit, also on a frozen server. */
export class Connection {
  #alive = true;
  /** Set by a WARNING of the server, which a commit that only the primary holds is answered with. */
  #warning: string | undefined;

  private constructor(
    private readonly client: Client,
    private readonly socket: Socket,
  ) {
    client.on('error', () => this.destroy());
    client.on('end', () => this.destroy());
    client.on('notice', (notice) => {
      if (notice.severity === 'WARNING') this.#warning = notice.message;
    });
  }

  /** Rejects with `ConnectionLost`, the server's refusal (`DatabaseError`) or the reason of `limit`. */
  static async open(settings: ConnectionSettings, limit: AbortSignal): Promise<Connection> {
    const socket = new Socket();
    const client = new Client({
      connectionString: settings.url,
      application_name: settings.applicationName,
      statement_timeout: settings.statementTimeoutMs,
      options: PLAN_OPTIONS,
      keepAlive: true,
      stream: () => socket,
    });
    const connection = new Connection(client, socket);
    try {
      await connection.#guarded(limit, () => client.connect());
      return connection;
    } catch (error) {
      connection.destroy(); // a refusal by the server leaves the socket to us
      throw error;
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Rows of cells. A rejection other than `DatabaseError` leaves the connection dead and the outcome unknown. */
  async rows(query: Pick<QueryArrayConfig, 'text' | 'name' | 'values'>, limit: AbortSignal): Promise<Cell[][]> {
    this.#warning = undefined;
    const result = await this.#guarded(limit, () =>
      this.client.query<Cell[]>({ ...query, rowMode: 'array', types: AS_TEXT }),
    );
    return result.rows;
  }

  /** What the server warned of during the last request. */
  get warning(): string | undefined {
    return this.#warning;
  }

  onNotification(hear: (payload: string, fromUs: boolean) => void): void {
    this.client.on('notification', (message: Notification) => {
      hear(message.payload ?? '', message.processId === this.#processId);
    });
  }

  /** Resolves when the connection has ended, for whatever reason. */
  async ended(): Promise<void> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  /** Says goodbye without waiting for an answer; resolves when the socket is gone. */
  async close(): Promise<void> {
    if (this.#alive) void this.client.end().catch(() => undefined);
    this.#alive = false;
    this.socket.destroySoon();
    await this.ended();
  }

  /** Drops the connection at once; requests in flight reject. */
  destroy(): void {
    this.#alive = false;
    this.socket.destroy();
  }

  get #processId(): unknown {
    const id: unknown = Reflect.get(this.client, 'processID'); // in pg's documentation, missing in its types
    return id;
  }

  async #guarded<T>(limit: AbortSignal, work: () => Promise<T>): Promise<T> {
    const detach = onAbort(limit, () => this.destroy());
    try {
      limit.throwIfAborted();
      return await work();
    } catch (error) {
      if (limit.aborted) throw limit.reason;
      if (error instanceof DatabaseError && error.severity === 'ERROR') throw error;
      this.destroy();
      if (error instanceof DatabaseError) throw error; // FATAL, PANIC: the server ends the connection
      throw new ConnectionLost(error instanceof Error ? error.message : 'the connection broke', { cause: error });
    } finally {
      detach();
    }
  }
}

/**
 * Every statement of ours walks a primary key. On a young table without statistics the planner may think otherwise, and
 * a prepared statement would keep that plan.
 */
const PLAN_OPTIONS = '-c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan -c jit=off';

/** Parsing is left to the one who knows the column; a Date or a float would lose digits. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };
