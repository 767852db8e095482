import { reservePort, type ReservedPort } from '@openclaw/embedded-postgres';
import type { StartedTestContainer } from 'testcontainers';
import { newClusterId } from './cluster-id';
import { untilBrokersServe } from './kafka-readiness';
import { asEnvironment, commonProperties } from './kafka-properties';
import type { Kafka } from './kafka.port';

const IMAGE = 'apache/kafka:4.3.1';
const INTERNAL_PORT = 19092;
const CONTROLLER_PORT = 19093;

/**
 * Kafka in containers, one a broker, on a network of their own. The host ports are chosen before the start, because
 * a broker has to know the address it tells its clients. The library's reaper removes all of it when we crash.
 */
export async function startContainerKafka(brokers: 1 | 3): Promise<Kafka> {
  const { GenericContainer, getContainerRuntimeClient, Network } = await import('testcontainers');
  const engine = await getContainerRuntimeClient();
  const { host } = engine.info.containerRuntime;
  const network = await new Network().start();
  const ports: ReservedPort[] = [];
  for (let index = 0; index < brokers; index++) ports.push(await reservePort('127.0.0.1'));
  const clusterId = newClusterId();
  const addresses = ports.map(({ port }) => `${host}:${port}`);

  const containers = await Promise.all(
    ports.map(({ port }, index) =>
      new GenericContainer(IMAGE)
        .withNetwork(network)
        .withNetworkAliases(alias(index))
        .withExposedPorts({ container: port, host: port })
        .withEnvironment({ CLUSTER_ID: clusterId, ...asEnvironment(brokerProperties(index, host, port, brokers)) })
        .start(),
    ),
  );
  await untilBrokersServe(addresses);
  const handle = (index: number) => engine.container.getById(container(containers, index).getId());
  const killed = new Set<number>();
  return {
    brokers: addresses,
    kill: async (index) => {
      await handle(index).kill({ signal: 'SIGKILL' });
      killed.add(index);
    },
    restart: async (index) => {
      await handle(index).restart({ t: 0 });
      killed.delete(index);
      await untilBrokersServe(addresses.filter((_, other) => !killed.has(other)));
    },
    pause: async (index) => {
      await handle(index).pause();
    },
    resume: async (index) => {
      await handle(index).unpause();
    },
    stop: async () => {
      await Promise.all(containers.map((started) => started.stop({ timeout: 0 })));
      await network.stop();
      for (const port of ports) port.release();
    },
  };
}

function brokerProperties(index: number, host: string, port: number, brokers: number): Record<string, string> {
  const voters = Array.from({ length: brokers }, (_, other) => `${other + 1}@${alias(other)}:${CONTROLLER_PORT}`);
  const listen = (name: string, at: number) => `${name}://0.0.0.0:${at}`;
  return {
    ...commonProperties(brokers),
    'node.id': String(index + 1),
    'controller.quorum.voters': voters.join(','),
    listeners: [
      listen('PLAINTEXT', port),
      listen('INTERNAL', INTERNAL_PORT),
      listen('CONTROLLER', CONTROLLER_PORT),
    ].join(),
    'advertised.listeners': `PLAINTEXT://${host}:${port},INTERNAL://${alias(index)}:${INTERNAL_PORT}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
  };
}

function alias(index: number): string {
  return `kafka-${index + 1}`;
}

function container(containers: readonly StartedTestContainer[], index: number): StartedTestContainer {
  const found = containers[index];
  if (!found) throw new Error(`there is no broker ${index}: this cluster has 0..${containers.length - 1}`);
  return found;
}
