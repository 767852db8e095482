import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from '.';
import { familyOf, line, until, type ProcessFamily } from '../testing';

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;
const TYPESCRIPT = resolve(__dirname, '../../../test/testbench/typescript.cjs');

describe('embedded PostgreSQL', () => {
  let folder: string;
  let dataDir: string;
  const open: EmbeddedPostgres[] = [];
  const owned: { owner: ChildProcess; family: ProcessFamily }[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-embedded-'));
    dataDir = join(folder, 'postgres');
  });

  afterEach(async () => {
    for (const { owner, family } of owned.splice(0)) {
      owner.kill('SIGKILL');
      await until(() => family.alive().length === 0);
    }
    await Promise.all(open.splice(0).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir, durable: true, ...options });
    open.push(server);
    return server;
  }

  /** Another process that starts the server and prints its process id and address. */
  async function startInOwner(options: Partial<EmbeddedPostgresOptions> = {}, room = __dirname) {
    const program = `
      require(${JSON.stringify(room)}).startEmbeddedPostgres(${JSON.stringify({ dataDir, durable: true, ...options })})
        .then(({ pid, url }) => console.log(pid, url))`;
    const owner = spawn(process.execPath, ['-r', TYPESCRIPT, '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [pid, url = ''] = (await line(owner)).split(' ');
    const server = { pid: Number(pid), url };
    const family = familyOf(server.pid);
    owned.push({ owner, family });
    return { owner, server, family };
  }

  it('asks for a password and listens on loopback only', async () => {
    const { url } = await start();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const stranger = new URL(url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('syncs to disk exactly when it is asked to be durable', async () => {
    const durable = await start();
    expect(await query(durable.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    const fast = await start({ dataDir: join(folder, 'fast'), durable: false });
    expect(await query(fast.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
  });

  it('keeps data and password across a restart', async () => {
    const before = await start();
    await query(before.url, "CREATE TABLE kept AS SELECT 'still here' AS word");
    await before.stop();
    const after = await start();
    expect(await query(after.url, 'SELECT word FROM kept')).toEqual([{ word: 'still here' }]);
    expect(new URL(after.url).password).toBe(new URL(before.url).password);
  });

  it('leaves no process, and of a temporary server no file, after stop', async () => {
    const server = await start({ temporary: true });
    const family = familyOf(server.pid);
    expect(family.alive().length).toBeGreaterThan(3);
    await server.stop();
    await until(() => family.alive().length === 0);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('ends within seconds of a kill -9 of its owner, with its temporary data', async () => {
    const { owner, family } = await startInOwner({ temporary: true });
    await kill(owner);
    await until(() => family.alive().length === 0 && !existsSync(dataDir), 10_000);
  });

  it('can be started again at once after its owner was killed, with every committed row', async () => {
    const { owner, server } = await startInOwner();
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    await kill(owner);
    const after = await start();
    expect(await query(after.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('tells its owner when it dies by itself, and recovers what was committed', async () => {
    const before = await start();
    await query(before.url, 'CREATE TABLE kept AS SELECT 1 AS n');
    process.kill(before.pid, 'SIGKILL');
    expect(await before.exited).toEqual({ code: null, signal: 'SIGKILL' });
    const after = await start();
    expect(await query(after.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  it('is not fooled by a lock file whose process id went to somebody else', async () => {
    await (await start()).stop();
    writeFileSync(
      join(dataDir, 'cluster', 'data', 'postmaster.pid'),
      `${process.pid}\n/elsewhere\n1\n5432\n\n\n\nready\n`,
    );
    const after = await start();
    expect(await query(after.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('refuses a folder in use and names its owner; the running server is not disturbed', async () => {
    const { owner, server } = await startInOwner();
    await expect(start()).rejects.toThrow(`${dataDir} is in use by the PostgreSQL process ${server.pid}`);
    await expect(start()).rejects.toThrow(`started by process ${owner.pid}`);
    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('starts once when two start at the same time on a new folder', async () => {
    const results = await Promise.allSettled([start(), start()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('redoes a half-made data folder', async () => {
    const draft = () => existsSync(dataDir) && readdirSync(dataDir).some((name) => name.startsWith('cluster.draft-'));
    const program = `require(${JSON.stringify(__dirname)}).startEmbeddedPostgres(${JSON.stringify({ dataDir, durable: true })})`;
    const owner = spawn(process.execPath, ['-r', TYPESCRIPT, '-e', program], { stdio: 'ignore' });
    await until(draft);
    await kill(owner);
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(draft()).toBe(false);
  });

  it('says what is wrong in the words of the server', async () => {
    const { port } = await start();
    await expect(start({ dataDir: join(folder, 'second'), port })).rejects.toThrow('Address already in use');
  });

  asRoot('as root, in a checkout and a data folder that only root can enter', () => {
    it('runs as another account and keeps its data where it was asked to', async () => {
      const home = join(folder, 'home');
      const room = join(home, 'checkout', 'libs', 'embedded-postgres', 'src');
      const modules = join(home, 'checkout', 'node_modules');
      mkdirSync(home, { mode: 0o700 });
      cpSync(__dirname, room, { recursive: true });
      const installed = dirname(dirname(dirname(require.resolve('embedded-postgres'))));
      for (const name of ['embedded-postgres', '@embedded-postgres']) {
        cpSync(join(installed, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
      }
      const cache = mkdtempSync(join(folder, 'cache-'));
      process.env.OPENCLAW_CACHE_DIR = cache;
      try {
        const { server } = await startInOwner({ dataDir: join(home, 'data') }, room);
        expect(await query(server.url, "SELECT pg_read_file('PG_VERSION') AS v")).toEqual([{ v: '18\n' }]);
        expect(existsSync(join(home, 'data', 'cluster', 'data', 'PG_VERSION'))).toBe(true);
      } finally {
        delete process.env.OPENCLAW_CACHE_DIR;
      }
    });
  });
});

/** As a crash does it; resolves when the process has been buried. */
async function kill(owner: ChildProcess): Promise<void> {
  const gone = once(owner, 'exit');
  owner.kill('SIGKILL');
  await gone;
}

async function query(url: string, text: string): Promise<object[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // the server is killed under it
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}
