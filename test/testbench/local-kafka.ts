import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reservePort, startGuarded, type GuardedProcess, type ReservedPort } from '@openclaw/embedded-postgres';
import { benchFolder } from './bench-folder';
import { untilBrokersServe } from './kafka-readiness';
import { kafkaClassPath } from './kafka-distribution';
import { localProperties, type BrokerAddress } from './kafka-properties';
import type { BrokerPlace, Kafka } from './kafka.port';

const FORMAT_TIMEOUT_MS = 60_000;
/** Small heaps (three brokers share the machine with the tests), and a JVM tuned to be up soon. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData', '-Xshare:auto'];

/** Apache Kafka as processes of this machine. Settled by `stop()`, and by its guards when we crash. */
export async function startLocalKafka(places: readonly BrokerPlace[]): Promise<Kafka> {
  const classPath = await kafkaClassPath();
  const folder = await benchFolder('kafka');
  const ports: ReservedPort[] = [];
  const addresses: BrokerAddress[] = [];
  for (const [index, { host = '127.0.0.1' }] of places.entries()) {
    const [port, controllerPort] = [await reservePort(host), await reservePort(host)];
    ports.push(port, controllerPort);
    addresses.push({ nodeId: index + 1, host, port: port.port, controllerPort: controllerPort.port });
  }
  const clusterId = randomBytes(16).toString('base64url');
  const brokers = addresses.map(
    (address, index) =>
      new LocalBroker(
        address,
        addresses,
        join(folder, String(index + 1)),
        folder,
        classPath,
        places[index]?.enter ?? [],
      ),
  );
  const kafka = new LocalKafka(addresses, brokers, async () => {
    for (const port of ports) port.release();
    await rm(folder, { recursive: true, force: true });
  });
  try {
    await Promise.all(brokers.map((broker) => broker.format(clusterId)));
    brokers.forEach((broker) => broker.start());
    await kafka.untilServing();
    return kafka;
  } catch (error) {
    const logs = await Promise.all(brokers.map((broker) => broker.log()));
    await kafka.stop();
    throw new Error(`Kafka did not start: ${logs.join('\n')}`, { cause: error });
  }
}

class LocalKafka implements Kafka {
  readonly brokers: readonly string[];

  constructor(
    addresses: readonly BrokerAddress[],
    private readonly processes: readonly LocalBroker[],
    private readonly cleanUp: () => Promise<void>,
  ) {
    this.brokers = addresses.map(({ host, port }) => `${host}:${port}`);
  }

  async kill(index: number): Promise<void> {
    await this.broker(index).kill();
  }

  async restart(index: number): Promise<void> {
    await this.broker(index).kill();
    this.broker(index).start();
    await this.untilServing();
  }

  async pause(index: number): Promise<void> {
    this.broker(index).signal('SIGSTOP');
  }

  async resume(index: number): Promise<void> {
    this.broker(index).signal('SIGCONT');
  }

  async stop(): Promise<void> {
    await Promise.all(this.processes.map((broker) => broker.kill()));
    await this.cleanUp();
  }

  /** Every broker that is meant to run is a live member of the cluster. */
  async untilServing(): Promise<void> {
    const meant = this.brokers.filter((_, index) => this.broker(index).running);
    const died = this.processes.filter((broker) => broker.running).map((broker) => broker.diedByItself());
    await untilBrokersServe(meant, died);
  }

  private broker(index: number): LocalBroker {
    const broker = this.processes[index];
    if (!broker) throw new Error(`there is no broker ${index}: this cluster has 0..${this.processes.length - 1}`);
    return broker;
  }
}

class LocalBroker {
  private process: GuardedProcess | undefined;

  constructor(
    private readonly address: BrokerAddress,
    private readonly cluster: readonly BrokerAddress[],
    private readonly folder: string,
    private readonly clusterFolder: string,
    private readonly classPath: string,
    private readonly enter: readonly string[],
  ) {}

  get running(): boolean {
    return this.process !== undefined;
  }

  async format(clusterId: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.properties, localProperties(this.address, this.cluster, join(this.folder, 'data')));
    const run = this.java(['-Xmx128m'], 'kafka.tools.StorageTool', ['format', '-t', clusterId, '-c', this.properties]);
    const timer = setTimeout(() => run.signal('SIGKILL'), FORMAT_TIMEOUT_MS);
    const { code } = await run.exited;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the storage of broker ${this.address.nodeId} was not formatted (${code})`);
  }

  start(): void {
    const heap = this.cluster.length === 1 ? '256m' : '192m';
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

  /** Rejects when the process ends although nobody asked it to. */
  async diedByItself(): Promise<never> {
    const exit = await this.process?.exited;
    throw new Error(
      `broker ${this.address.nodeId} ended by itself (${exit?.code ?? exit?.signal}): ${await this.log()}`,
    );
  }

  async log(): Promise<string> {
    return readFile(join(this.folder, 'broker.log'), 'utf8').catch(() => '');
  }

  private get properties(): string {
    return join(this.folder, 'broker.properties');
  }

  private java(heap: readonly string[], main: string, args: readonly string[]): GuardedProcess {
    const java = ['java', ...heap, ...JVM, '-cp', this.classPath, main, ...args];
    const [file = 'java', ...rest] = [...this.enter, ...java];
    return startGuarded({
      argv: [file, ...rest],
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin', JAVA_HOME: process.env.JAVA_HOME ?? '' },
      logFile: join(this.folder, 'broker.log'),
      stopSignal: 'SIGKILL', // its data is thrown away, and an orderly leave takes seconds
      graceMs: 0,
      removeOnCrash: this.clusterFolder,
    });
  }
}
