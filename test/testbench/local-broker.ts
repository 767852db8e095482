import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuardedProcess } from '@openclaw/embedded-postgres';
import { kafkaLog, startKafkaProgram } from './kafka-program';
import { localProperties, type BrokerAddress } from './kafka-properties';
import { formatStorage, type PreparedKafka } from './prepared-kafka';

interface LocalBrokerSetup {
  readonly address: BrokerAddress;
  readonly cluster: readonly BrokerAddress[];
  readonly kafka: PreparedKafka;
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
    const { address, cluster, kafka } = this.setup;
    const dataDir = join(this.folder, 'data');
    await mkdir(this.folder, { recursive: true });
    await writeFile(this.properties, localProperties(address, cluster, dataDir));
    await formatStorage(kafka, dataDir, { clusterId, nodeId: address.nodeId });
  }

  start(): void {
    const { kafka, cluster, enter, clusterFolder } = this.setup;
    const heap = cluster.length === 1 ? '256m' : '192m';
    this.process = startKafkaProgram({
      ...kafka,
      main: 'kafka.Kafka',
      args: [this.properties],
      jvm: [`-Xms${heap}`, `-Xmx${heap}`],
      folder: this.folder,
      enter,
      removeOnCrash: clusterFolder,
    });
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
      const log = await kafkaLog(this.folder);
      report(new Error(`broker ${this.setup.address.nodeId} ended by itself (${code ?? signal}): ${log}`));
    });
  }
}
