import { rm } from 'node:fs/promises';
import { reservePort, type ReservedPort } from '@openclaw/embedded-postgres';
import { benchFolder } from './bench-folder';
import { newClusterId } from './cluster-id';
import type { BrokerAddress } from './kafka-properties';
import { untilBrokersServe } from './kafka-readiness';
import type { BrokerPlace, Kafka } from './kafka.port';
import { LocalBroker } from './local-broker';
import { preparedKafka } from './prepared-kafka';

/** Apache Kafka as processes of this machine. Ended by `stop()`, and by their guards when we crash. */
export async function startLocalKafka(places: readonly BrokerPlace[]): Promise<Kafka> {
  const prepared = await preparedKafka();
  const clusterFolder = await benchFolder('kafka');
  const reserved: ReservedPort[] = [];
  const reserve = async (host: string) => {
    const port = await reservePort(host);
    reserved.push(port);
    return port.port;
  };
  const cluster: BrokerAddress[] = [];
  for (const [index, { host = '127.0.0.1' }] of places.entries()) {
    cluster.push({ nodeId: index + 1, host, port: await reserve(host), controllerPort: await reserve(host) });
  }
  const brokers = cluster.map(
    (address, index) =>
      new LocalBroker({ address, cluster, kafka: prepared, clusterFolder, enter: places[index]?.enter ?? [] }),
  );
  const kafka = new LocalKafka(cluster, brokers, async () => {
    for (const port of reserved) port.release();
    await rm(clusterFolder, { recursive: true, force: true });
  });
  try {
    await kafka.start();
    return kafka;
  } catch (error) {
    await kafka.stop();
    throw error;
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

  async start(): Promise<void> {
    const clusterId = newClusterId();
    await Promise.all(this.processes.map((broker) => broker.format(clusterId)));
    for (const broker of this.processes) broker.start();
    await this.untilServing();
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
  private async untilServing(): Promise<void> {
    const meant = this.brokers.filter((_, index) => this.broker(index).running);
    const giveUp = new AbortController();
    for (const broker of this.processes) broker.whenItDies((death) => giveUp.abort(death));
    await untilBrokersServe(meant, giveUp.signal);
  }

  private broker(index: number): LocalBroker {
    const broker = this.processes[index];
    if (!broker) throw new Error(`there is no broker ${index}: this cluster has 0..${this.processes.length - 1}`);
    return broker;
  }
}
