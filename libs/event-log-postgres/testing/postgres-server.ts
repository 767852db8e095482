import { chown, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@openclaw/embedded-postgres';

/** A PostgreSQL of one test file, to be harmed: frozen, crashed, restarted on the same data and port. */
export class PostgresServer {
  private constructor(
    private readonly dataDir: string,
    private readonly durable: boolean,
    private server: EmbeddedPostgres,
  ) {}

  static async start({ durable = true } = {}): Promise<PostgresServer> {
    const dataDir = await mkdtemp(join(tmpdir(), 'openclaw-postgres-'));
    return new PostgresServer(dataDir, durable, await startEmbeddedPostgres({ dataDir, durable }));
  }

  /** Superuser address. */
  get url(): string {
    return this.server.url;
  }

  /** Stops every process of the server, as if the machine had; the result lets them go on. */
  async freeze(): Promise<() => void> {
    const stopped: number[] = [];
    for (let fresh = [this.server.pid]; fresh.length > 0;) {
      for (const pid of fresh) process.kill(pid, 'SIGSTOP');
      stopped.push(...fresh);
      fresh = (await childrenOf(this.server.pid)).filter((pid) => !stopped.includes(pid));
    }
    return () => {
      for (const pid of stopped) resume(pid);
    };
  }

  /** Ends the server at once and starts it again: crash recovery. */
  async crash(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.exited;
    await this.startAgain();
  }

  async restart(): Promise<void> {
    await this.server.stop();
    await this.startAgain();
  }

  /** Restarts as a standby of nobody, calls `meanwhile`, and promotes it: a new timeline. */
  async failOver(meanwhile: () => Promise<void>, promote: () => Promise<void>): Promise<void> {
    await this.server.stop();
    await this.plant('standby.signal');
    const started = this.startAgain();
    await meanwhile();
    await promote();
    await started;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async startAgain(): Promise<void> {
    const { dataDir, durable } = this;
    this.server = await startEmbeddedPostgres({ dataDir, durable, port: this.server.port });
  }

  private async plant(name: string): Promise<void> {
    const data = join(this.dataDir, 'cluster', 'data');
    const { uid, gid } = await stat(data);
    await writeFile(join(data, name), '');
    await chown(join(data, name), uid, gid);
  }
}

const resume = (pid: number): void => {
  try {
    process.kill(pid, 'SIGCONT');
  } catch {
    // it ended while it was stopped
  }
};

/** proc(5): the fields after the command's closing bracket are state, parent... */
const childrenOf = async (parent: number): Promise<number[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map((pid) =>
      readFile(`/proc/${pid}/stat`, 'utf8').then(
        (text) => Number(text.split(') ').at(-1)?.split(' ')[1]),
        () => 0,
      ),
    ),
  );
  return pids.filter((_, i) => parents[i] === parent).map(Number);
};
