import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGuarded, type GuardedProcess } from '@openclaw/embedded-postgres';
import { localProperties, type BrokerAddress } from './kafka-properties';

const FORMAT_TIMEOUT_MS = 60_000;
/** A small JVM that is soon up: several brokers share the machine with the tests. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData'];

interface LocalBrokerSetup {
  readonly address: BrokerAddress;
  readonly cluster: readonly BrokerAddress[];
  readonly classPath: string;
  /** Holds the data of all brokers of the cluster, each in a folder of its own. */
  readonly clusterFolder: string;
  /** Words before the command, such as `ip netns exec left`. */
  readonly enter: readonly string[];
}

/** One broker process: formatted once, started and killed any number of times on the same data and address. */
export class LocalBroker {
  private process: GuardedProcess | undefined;
  private readonly folder: string;
  private readonly properties: string;

  constructor(private readonly setup: LocalBrokerSetup) {
    this.folder = join(setup.clusterFolder, String(setup.address.nodeId));
    this.properties = join(this.folder, 'broker.properties');
  }

  get running(): boolean {
    return this.process !== undefined;
  }

  async format(clusterId: string): Promise<void> {
    const { address, cluster } = this.setup;
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.properties, localProperties(address, cluster, join(this.folder, 'data')));
    const run = this.java(['-Xmx128m'], 'kafka.tools.StorageTool', ['format', '-t', clusterId, '-c', this.properties]);
    const deadline = setTimeout(() => run.signal('SIGKILL'), FORMAT_TIMEOUT_MS);
    const { code } = await run.exited;
    clearTimeout(deadline);
    if (code === 0) return;
    throw new Error(`the storage of broker ${address.nodeId} was not formatted (${code}): ${await this.log()}`);
  }

  start(): void {
    const heap = this.setup.cluster.length === 1 ? '256m' : '192m';
    this.process = this.java([`-Xms${heap}`, `-Xmx${heap}`], 'kafka.Kafka', [this.properties]);
  }

  signal(signal: NodeJS.Signals): void {
    this.process?.signal(signal);
  }

  async kill(): Promise<void> {
    const process = this.process;
    this.process = undefined;
    await process?.stop();
  }

  /** Calls back when the process ends although nobody asked it to. */
  whenItDies(report: (death: Error) => void): void {
    const { process } = this;
    void process?.exited.then(async ({ code, signal }) => {
      if (this.process !== process) return;
      const log = await this.log();
      report(new Error(`broker ${this.setup.address.nodeId} ended by itself (${code ?? signal}): ${log}`));
    });
  }

  /** What it printed since its last start. */
  async log(): Promise<string> {
    return readFile(join(this.folder, 'broker.log'), 'utf8').catch(() => '');
  }

  private java(heap: readonly string[], main: string, args: readonly string[]): GuardedProcess {
    const java = ['java', ...heap, ...JVM, '-cp', this.setup.classPath, main, ...args];
    const [file = 'java', ...rest] = [...this.setup.enter, ...java];
    return startGuarded({
      argv: [file, ...rest],
      cwd: this.folder,
      env: {
        PATH: process.env.PATH ?? '/usr/bin:/bin',
        ...(process.env.JAVA_HOME && { JAVA_HOME: process.env.JAVA_HOME }),
      },
      logFile: join(this.folder, 'broker.log'),
      stopSignal: 'SIGKILL', // its data is thrown away, and an orderly leave takes seconds
      graceMs: 0,
      removeOnCrash: this.setup.clusterFolder,
    });
  }
}
