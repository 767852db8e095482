/** Six seconds until a killed broker is replaced, as in our deploy files (Kafka's default is nine). */
const SESSION_TIMEOUT_MS = 6_000;

type KafkaProperties = Readonly<Record<string, string>>;

/** What every test broker has in common: the settings our promises rest on, and small sizes. */
export function commonProperties(brokers: number): KafkaProperties {
  const replicas = String(brokers);
  const minInsyncReplicas = String(Math.min(2, brokers));
  return {
    'process.roles': 'broker,controller',
    'controller.listener.names': 'CONTROLLER',
    'default.replication.factor': replicas,
    'min.insync.replicas': minInsyncReplicas,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minInsyncReplicas,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minInsyncReplicas,
    'broker.session.timeout.ms': String(SESSION_TIMEOUT_MS),
    'log.message.timestamp.type': 'LogAppendTime',
    'auto.create.topics.enable': 'false',
    'unclean.leader.election.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.num.partitions': '3',
    'log.cleaner.dedupe.buffer.size': '4194304',
  };
}

/** Where one local broker listens. Those of one list are one cluster; each is broker and controller. */
export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** One local broker's `server.properties`. */
export function localProperties(self: BrokerAddress, cluster: readonly BrokerAddress[], dataDir: string): string {
  const properties: KafkaProperties = {
    ...commonProperties(cluster.length),
    'node.id': String(self.nodeId),
    'controller.quorum.voters': cluster.map((b) => `${b.nodeId}@${b.host}:${b.controllerPort}`).join(','),
    listeners: `PLAINTEXT://${self.host}:${self.port},CONTROLLER://${self.host}:${self.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${self.host}:${self.port}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDir,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** The same setting as an environment variable of the apache/kafka image: `_` is doubled, `.` becomes `_`. */
export function asEnvironment(properties: KafkaProperties): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      `KAFKA_${name.replaceAll('_', '__').replaceAll('.', '_').toUpperCase()}`,
      value,
    ]),
  );
}
