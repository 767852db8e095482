import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '@openclaw/event-log-postgres/testing';
import { grantViewsLogin } from '@openclaw/read-models-postgres';
import { Client } from 'pg';

const DISK_MIB = 24;
type Mend = () => Promise<void>;

/** The PostgreSQL of the views, apart from that of the log; where one may mount, its tables are on a small disk. */
export class ViewsServer {
  private constructor(
    private readonly server: PostgresServer,
    /** Where its tables are; undefined where nothing can be mounted. */
    private readonly disk: string | undefined,
  ) {}

  static async start(): Promise<ViewsServer> {
    const server = await PostgresServer.start();
    try {
      return new ViewsServer(server, await smallDisk(server));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get hasDisk(): boolean {
    return this.disk !== undefined;
  }

  /** An empty database for an audit service, and its address; on the small disk, where there is one and it is asked for. */
  async database(onSmallDisk: boolean): Promise<string> {
    const name = `views_${randomBytes(4).toString('hex')}`;
    await this.#run(`CREATE DATABASE ${name} ${onSmallDisk && this.hasDisk ? 'TABLESPACE small' : ''}`);
    const url = new URL(this.server.url);
    url.pathname = `/${name}`;
    return grantViewsLogin(url.href, { login: 'openclaw_views', password: 'only-for-this-experiment' });
  }

  /** It does not answer, and nothing is refused. */
  async hang(): Promise<Mend> {
    const thaw = await this.server.freeze();
    return async () => thaw();
  }

  async becomeReadOnly(): Promise<Mend> {
    await this.#run('ALTER ROLE openclaw_views SET default_transaction_read_only = on');
    await this.#cut();
    return async () => {
      await this.#run('ALTER ROLE openclaw_views RESET default_transaction_read_only');
      await this.#cut();
    };
  }

  /** Killed, and there again after its recovery. */
  async crash(): Promise<Mend> {
    await this.server.crash();
    return async () => undefined;
  }

  /** No byte is left on its disk. */
  async fillDisk(): Promise<Mend> {
    const filler = join(this.disk ?? '', 'filler');
    await writeFile(filler, Buffer.alloc(DISK_MIB * 1024 * 1024)).catch(() => undefined); // as much as fits
    return () => rm(filler, { force: true });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    if (this.disk === undefined) return;
    execFileSync('umount', [this.disk]);
    await rm(this.disk, { recursive: true, force: true });
  }

  #cut(): Promise<void> {
    return this.#run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'openclaw_views'`);
  }

  async #run(statement: string): Promise<void> {
    await run(this.server, statement);
  }
}

const run = async <Row extends object>(server: PostgresServer, statement: string): Promise<readonly Row[]> => {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
};

/** A file system of its own in memory as the tablespace `small`; undefined where this user may not mount. */
const smallDisk = async (server: PostgresServer): Promise<string | undefined> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  const [served] = await run<{ pid: number }>(
    server,
    `SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int AS pid`,
  );
  const { uid, gid } = await stat(`/proc/${served?.pid}`); // whom the server runs as
  await chown(folder, uid, gid);
  await run(server, `CREATE TABLESPACE small LOCATION '${folder}'`);
  return folder;
};
