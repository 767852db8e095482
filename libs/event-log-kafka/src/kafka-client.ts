import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { JournalClosed } from '@openclaw/event-log';
import { Kafka, logLevel, type Cluster, type ISocketFactory, type logCreator } from 'kafkajs';
import type { KafkaJournalSettings } from './kafka-journal.options';
import './kafkajs-timers';

/** One kafkajs client whose sockets can be cut at once: kafkajs itself waits for a frozen broker when it disconnects. */
export class KafkaClient {
  readonly kafka: Kafka;
  readonly #sockets = new Set<Socket>();
  #destroyed = false;

  constructor(
    private readonly settings: KafkaJournalSettings,
    brokers: string[],
    private readonly onDestroy: (client: KafkaClient) => void,
  ) {
    this.kafka = new Kafka({
      clientId: settings.clientId,
      brokers,
      ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
      ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
      connectionTimeout: settings.connectTimeoutMs,
      requestTimeout: settings.requestTimeoutMs,
      // kafkajs would retry on the connection and the metadata that just failed; we retry on fresh ones.
      retry: { retries: 0 },
      socketFactory: this.#connect,
      logLevel: logLevel.WARN,
      logCreator: this.#logCreator,
    });
  }

  /**
   * The client's connection to the cluster. kafkajs hands it to partition assigners only; the consumer made for that is
   * never connected. It is all we need: produce, fetch and offsets, without a consumer group (docs: see README).
   */
  cluster(): Cluster {
    const captured: Cluster[] = [];
    this.kafka.consumer({
      groupId: 'never-joined',
      allowAutoTopicCreation: false,
      partitionAssigners: [
        ({ cluster }) => {
          captured.push(cluster);
          const metadata = Buffer.alloc(0);
          return { name: 'none', version: 0, assign: async () => [], protocol: () => ({ name: 'none', metadata }) };
        },
      ],
    });
    const [cluster] = captured;
    if (cluster === undefined) throw new TypeError('kafkajs did not hand out its cluster; is it version 2.2.4?');
    return cluster;
  }

  /** Cuts every socket: requests in flight reject now, timers end, and no new connection can be made. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const socket of this.#sockets) socket.destroy(new Error('the connection was given up'));
    this.onDestroy(this);
  }

  /** Resolves when no socket is left open. */
  async closed(): Promise<void> {
    await Promise.all([...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
  }

  readonly #connect: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    if (this.#destroyed) throw new Error('the connection was given up');
    const servername = isIP(host) === 0 ? { servername: host } : {};
    const socket = ssl
      ? connectTls({ host, port, ...servername, ...ssl }, onConnect)
      : connectTcp({ host, port }, onConnect);
    // Nagle would hold a request back while an earlier one is unacknowledged; kafkajs writes whole requests.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  };

  readonly #logCreator: logCreator = () => (entry) => {
    if (!this.#destroyed) this.settings.log('debug', `kafkajs ${entry.namespace}: ${entry.log.message}`, entry.log);
  };
}

/** Makes clients, each starting from the next bootstrap address, and ends all of them at once. */
export class KafkaClients {
  readonly #open = new Set<KafkaClient>();
  #turn = 0;
  #closed = false;

  constructor(readonly settings: KafkaJournalSettings) {}

  create(): KafkaClient {
    if (this.#closed) throw new JournalClosed('the Kafka journal store is closed');
    const { brokers } = this.settings;
    const first = this.#turn++ % brokers.length;
    const rotated = [...brokers.slice(first), ...brokers.slice(0, first)];
    const client = new KafkaClient(this.settings, rotated, (ended) => this.#open.delete(ended));
    this.#open.add(client);
    return client;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const open = [...this.#open];
    for (const client of open) client.destroy();
    await Promise.all(open.map((client) => client.closed()));
  }
}

const KEEP_ALIVE_MS = 10_000;
