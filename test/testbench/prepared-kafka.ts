import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishFolder, reservePort } from '@openclaw/embedded-postgres';
import { newClusterId } from './cluster-id';
import { kafkaLibraries } from './kafka-distribution';
import { kafkaLog, startKafkaProgram } from './kafka-program';
import { localProperties } from './kafka-properties';
import { untilBrokersServe } from './kafka-readiness';

/** Kafka, and what half of a broker's start would be spent on each time. */
export interface PreparedKafka {
  readonly classPath: string;
  /** What the storage tool writes into a new broker's storage; the same for every cluster of this version. */
  readonly checkpoint: string;
  /** The JVM's archive of the classes that a broker loads. */
  readonly classes: string;
}

const CHECKPOINT = 'bootstrap.checkpoint';
const FORMAT_TIMEOUT_MS = 60_000;
/** Writing the archive takes seconds, on a busy machine more. */
const ARCHIVE_GRACE_MS = 60_000;

/** Made once per version and machine, with one broker that is formatted, started and stopped in order. Safe to retry. */
export async function preparedKafka(): Promise<PreparedKafka> {
  const { classPath, version, cache } = await kafkaLibraries();
  const folder = join(cache, `kafka-${version}-prepared`);
  await publishFolder(folder, (draft) => prepare(filesIn(draft, classPath), draft));
  return filesIn(folder, classPath);
}

/** Makes `dataDir` the storage of a broker, as Kafka's storage tool would, without a JVM. */
export async function formatStorage(kafka: PreparedKafka, dataDir: string, ids: StorageIds): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await copyFile(kafka.checkpoint, join(dataDir, CHECKPOINT));
  const meta = { version: 1, 'cluster.id': ids.clusterId, 'node.id': ids.nodeId, 'directory.id': newClusterId() };
  const lines = Object.entries(meta).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(dataDir, 'meta.properties'), lines.join(''));
}

interface StorageIds {
  readonly clusterId: string;
  readonly nodeId: number;
}

const filesIn = (folder: string, classPath: string): PreparedKafka => ({
  classPath,
  checkpoint: join(folder, CHECKPOINT),
  classes: join(folder, 'classes.jsa'),
});

async function prepare({ classPath, checkpoint, classes }: PreparedKafka, draft: string): Promise<void> {
  const folder = join(draft, 'broker');
  await mkdir(folder);
  const ports = [await reservePort('127.0.0.1'), await reservePort('127.0.0.1')] as const;
  const [{ port }, { port: controllerPort }] = ports;
  const self = { nodeId: 1, host: '127.0.0.1', port, controllerPort };
  const properties = join(folder, 'broker.properties');
  await writeFile(properties, localProperties(self, [self], join(folder, 'data')));
  try {
    await formatByTool(classPath, folder, properties);
    await copyFile(join(folder, 'data', CHECKPOINT), checkpoint);
    await archiveClasses({ classPath, folder, properties, classes, address: `${self.host}:${port}` });
  } finally {
    for (const each of ports) each.release();
    await rm(folder, { recursive: true });
  }
}

async function formatByTool(classPath: string, folder: string, properties: string): Promise<void> {
  const args = ['format', '-t', newClusterId(), '-c', properties];
  const tool = startKafkaProgram({ classPath, main: 'kafka.tools.StorageTool', args, jvm: ['-Xmx128m'], folder });
  const deadline = setTimeout(() => tool.signal('SIGKILL'), FORMAT_TIMEOUT_MS);
  const { code } = await tool.exited;
  clearTimeout(deadline);
  if (code !== 0) throw new Error(`Kafka's storage tool failed (${code}): ${await kafkaLog(folder)}`);
}

interface FirstBroker {
  readonly classPath: string;
  readonly folder: string;
  readonly properties: string;
  readonly classes: string;
  readonly address: string;
}

async function archiveClasses({ classPath, folder, properties, classes, address }: FirstBroker): Promise<void> {
  const broker = startKafkaProgram({
    classPath,
    main: 'kafka.Kafka',
    args: [properties],
    jvm: ['-Xmx256m', `-XX:ArchiveClassesAtExit=${classes}`],
    folder,
    end: { stopSignal: 'SIGTERM', graceMs: ARCHIVE_GRACE_MS },
  });
  const died = new AbortController();
  void broker.exited.then(() => died.abort(new Error('the broker that was to be prepared ended by itself')));
  try {
    await untilBrokersServe([address], died.signal);
  } finally {
    await broker.stop();
  }
}
