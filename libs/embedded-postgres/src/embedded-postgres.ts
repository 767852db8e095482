import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolderName, ensureCluster, SERVER_ENVIRONMENT, type ClusterFolder } from './cluster-folder';
import { startGuarded, type Exit, type GuardedProcess } from './guarded-process';
import { nativeBinaries, type NativeBinaries } from './native-binaries';
import { reservePort, type ReservedPort } from './reserved-port';
import { readPostmasterFile, rememberOwner, waitUntilUnused } from './running-server';
import { serviceAccount, type ServiceAccount } from './service-account';

export interface EmbeddedPostgresOptions {
  /** Holds everything of this server; made when missing. One running server per folder. */
  readonly dataDir: string;
  /** TCP port on loopback; 0 (the default) picks a free one at each start. */
  readonly port?: number;
  /** False trades the promise to survive a power cut for speed: only for tests that do not speak of durability. */
  readonly durable: boolean;
  /** The data folder is removed by `stop()`, and also when we crash. */
  readonly temporary?: boolean;
  /** Server settings on top of ours, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** Superuser address of the database `postgres`, with the password: never print it into a log. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, by `stop()` or by itself: then every connection is dead, start again. */
  readonly exited: Promise<Exit>;
  /** Ends the server (open transactions are rolled back). Safe to repeat. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const START_ATTEMPTS = 5;
/** Crash recovery replays at most `max_wal_size` (1 GB by default): seconds, minutes on a slow disk. */
const START_TIMEOUT_MS = 120_000;
/** A fast shutdown writes one checkpoint. */
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 10;

/**
 * Starts a real PostgreSQL on loopback, and makes its data folder at the first start. It ends with this process,
 * however that dies. Fails when the folder is in use by a living process, the port is taken or the server refuses
 * its data (the message carries the server's log); retrying is safe.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const place = await prepare(resolve(options.dataDir), options.durable);
  for (let attempt = 1; ; attempt++) {
    const reserved = await choosePort(options.port ?? 0);
    const server = launch(place, reserved.port, options);
    try {
      await untilReady(server, place);
      await rememberOwner(place.dataDir);
      return describe(server, place, reserved, options.temporary ?? false);
    } catch (error) {
      reserved.release();
      await server.stop();
      if (options.port || attempt === START_ATTEMPTS || !(await portWasTaken(place))) throw error;
    }
  }
}

/** What a server needs before it starts, none of it running. */
interface Place {
  readonly dataDir: string;
  readonly cluster: ClusterFolder;
  readonly binaries: NativeBinaries;
  readonly account: ServiceAccount | undefined;
  readonly logFile: string;
}

async function prepare(dataDir: string, durable: boolean): Promise<Place> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const account = serviceAccount();
  const binaries = await nativeBinaries(account !== undefined);
  const cluster = await ensureCluster(dataDir, binaries, account, durable);
  await waitUntilUnused(dataDir, cluster.data, STOP_TIMEOUT_MS + 5_000);
  return { dataDir, cluster, binaries, account, logFile: join(dataDir, 'server.log') };
}

function launch(place: Place, port: number, options: EmbeddedPostgresOptions): GuardedProcess {
  const { dataDir, cluster, binaries, account, logFile } = place;
  const settings = { ...serverSettings(port, options.durable), ...options.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startGuarded({
    argv: [binaries.postgres, '-D', dataFolderName(cluster.data, account), ...flags],
    cwd: cluster.data,
    env: SERVER_ENVIRONMENT,
    account,
    logFile,
    stopSignal: 'SIGINT', // "fast shutdown"
    graceMs: STOP_TIMEOUT_MS,
    removeOnCrash: options.temporary ? dataDir : undefined,
  });
}

function serverSettings(port: number, durable: boolean): Record<string, string> {
  const onOff = durable ? 'on' : 'off';
  return {
    port: String(port),
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: '200',
    fsync: onOff,
    full_page_writes: onOff,
    synchronous_commit: onOff,
    timezone: 'UTC',
    log_checkpoints: 'off',
    log_error_verbosity: 'terse', // DETAIL lines quote rows
  };
}

async function untilReady(server: GuardedProcess, place: Place): Promise<void> {
  let ended: Exit | undefined;
  void server.exited.then((exit) => (ended = exit));
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const file = readPostmasterFile(place.cluster.data);
    if (file?.ready && file.pid === server.pid) return;
    if (ended || Date.now() > deadline) {
      const reason = ended ? `ended (${ended.code ?? ended.signal})` : `was not ready in ${START_TIMEOUT_MS} ms`;
      throw new Error(`PostgreSQL ${reason}: ${await readFile(place.logFile, 'utf8')}`);
    }
    await delay(POLL_MS);
  }
}

function describe(
  server: GuardedProcess,
  { cluster, dataDir }: Place,
  { port, release }: ReservedPort,
  temporary: boolean,
): EmbeddedPostgres {
  return {
    url: `postgresql://postgres:${cluster.password}@${HOST}:${port}/postgres`,
    port,
    pid: server.pid,
    exited: server.exited,
    stop: async () => {
      await server.stop();
      release();
      if (temporary) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function choosePort(port: number): Promise<ReservedPort> {
  return port ? { port, release: () => undefined } : reservePort(HOST);
}

async function portWasTaken({ logFile }: Place): Promise<boolean> {
  return (await readFile(logFile, 'utf8')).includes('Address already in use');
}
