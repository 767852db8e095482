import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { FrameReader } from './frame-reader';
import { withPorts } from './metadata-answer';

/** Kafka protocol guide: API keys. */
const PRODUCE = 0;
const METADATA = 3;
const BETWEEN_RELEASED_MS = 100;

/**
 * A TCP proxy in front of every broker of a cluster. Metadata answers are changed so that clients stay behind it. While
 * it holds, produce requests wait in it, each for ever, also after their client has given up and closed; `release`
 * hands them to the brokers, late. While it is cut, requests pass and no answer comes back.
 */
export class KafkaProxy {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  /** Those of them that lead to a broker. */
  readonly #brokers = new Set<Socket>();
  /** Port of a broker -> port of the proxy in front of it. */
  readonly #ports = new Map<number, number>();
  #waiting: (() => void)[] = [];
  #holding = false;
  #isCut = false;
  /** Produce requests that were held so far. */
  held = 0;

  static async inFrontOf(brokers: readonly string[]): Promise<KafkaProxy> {
    const proxy = new KafkaProxy();
    for (const broker of brokers) await proxy.#listen(broker);
    return proxy;
  }

  get brokers(): readonly string[] {
    return [...this.#ports.values()].map((port) => `127.0.0.1:${port}`);
  }

  hold(): void {
    this.#holding = true;
  }

  /** Lets everything go on, the oldest request first: brokers serve connections in no order. */
  async release(): Promise<void> {
    this.#holding = false;
    for (const send of this.#waiting.splice(0)) {
      send();
      await pause(BETWEEN_RELEASED_MS);
    }
  }

  /** From now on answers wait in the line, also those on new connections; requests pass. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#brokers) socket.pause();
  }

  /** The line comes back; with `everyMs` connection by connection, in the order of `place`, as after lost packets. */
  async heal(everyMs = 0, place: () => number = () => 0): Promise<void> {
    this.#isCut = false;
    const waiting = [...this.#brokers].map((socket) => ({ socket, at: place() })).toSorted((a, b) => a.at - b.at);
    for (const { socket } of waiting) {
      socket.resume();
      if (everyMs > 0) await pause(everyMs);
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((closed) => server.close(closed))));
  }

  async #listen(broker: string): Promise<void> {
    const [host = '127.0.0.1', port = '0'] = broker.split(':');
    const server = createServer((client) => this.#serve(client, host, Number(port)));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    this.#servers.push(server);
    this.#ports.set(Number(port), (server.address() as AddressInfo).port);
  }

  #serve(client: Socket, host: string, port: number): void {
    const broker = createConnection({ host, port });
    /** Correlation id -> version of a metadata request that was sent. */
    const metadata = new Map<number, number>();
    let heldHere = 0;
    let clientGone = false;
    for (const socket of [client, broker]) {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
    }
    const fromClient = new FrameReader((frame) => {
      const apiKey = frame.readInt16BE(4);
      if (apiKey === METADATA) metadata.set(frame.readInt32BE(8), frame.readInt16BE(6));
      if (apiKey !== PRODUCE || !this.#holding) {
        broker.write(frame);
        return;
      }
      this.held += 1;
      heldHere += 1;
      this.#waiting.push(() => {
        heldHere -= 1;
        broker.write(frame, () => {
          // The connection to the broker outlives the client's until its last request has been handed on.
          if (clientGone && heldHere === 0) broker.end();
        });
      });
    });
    const fromBroker = new FrameReader((frame) => {
      const version = metadata.get(frame.readInt32BE(4));
      metadata.delete(frame.readInt32BE(4));
      if (!client.destroyed) client.write(version === undefined ? frame : withPorts(frame, version, this.#ports));
    });
    client.on('data', (bytes: Buffer) => fromClient.take(bytes));
    broker.on('data', (bytes: Buffer) => fromBroker.take(bytes));
    this.#brokers.add(broker);
    if (this.#isCut) broker.pause();
    broker.on('close', () => {
      this.#brokers.delete(broker);
      client.destroy();
    });
    client.on('close', () => {
      clientGone = true;
      if (heldHere === 0) broker.destroy();
    });
  }
}
