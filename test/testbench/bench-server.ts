import { rm } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { benchFolder } from './bench-folder';
import { startKafka } from './kafka';
import { startPostgres } from './postgres';

/** What the spec files of one run share, by name. Each is started when the first one asks for it. */
const STARTERS = {
  postgres: startPostgres,
  kafka1: () => startKafka({ brokers: 1 }),
  kafka3: () => startKafka({ brokers: 3 }),
} satisfies Record<string, () => Promise<{ stop(): Promise<void> }>>;

interface Bench {
  /** Unix socket; `POST /<name>` answers the address of that server as JSON. */
  readonly socket: string;
  stop(): Promise<void>;
}

/** Lives in Jest's own process, so that what it starts ends with the run, not with the spec file that asked first. */
export async function startBench(): Promise<Bench> {
  const folder = await benchFolder('socket');
  const socket = join(folder, 'bench');
  const started = new Map<string, Promise<{ stop(): Promise<void> }>>();
  const server = createServer((request, response) => {
    const name = (request.url ?? '').slice(1);
    const start = Object.entries(STARTERS).find(([known]) => known === name)?.[1];
    if (!start) return void response.writeHead(404).end();
    const running = started.get(name) ?? start();
    started.set(name, running);
    void answer(response, running);
  });
  server.listen(socket);
  await once(server, 'listening');
  return {
    socket,
    stop: async () => {
      server.close();
      await Promise.all([...started.values()].map((running) => running.then((it) => it.stop()).catch(() => undefined)));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answer(response: ServerResponse, running: Promise<object>): Promise<void> {
  try {
    response.end(JSON.stringify(await running)); // methods fall out, the addresses stay
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
}
