import { PostgresServer, PostgresStores, attemptsToTamper } from '@openclaw/event-log-postgres/testing';
import type { LogTarget } from '@openclaw/event-log/testing';
import { logOnStore } from './log-on-store';

/** Long enough for fifty writers on a busy machine, short enough to see a frozen server. */
const REQUEST_TIMEOUT_MS = 3000;

/** A real server of our own, because the suite freezes and restarts it. */
export const postgresTarget = async (): Promise<LogTarget> => {
  const server = await PostgresServer.start();
  const stores = await PostgresStores.on(server.url, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  return {
    name: 'postgres',
    fresh: async () =>
      logOnStore(
        async () => stores.store(),
        (topic) => attemptsToTamper(stores.url, topic),
      ),
    freeze: async () => {
      const thaw = await server.freeze();
      return async () => thaw();
    },
    restart: () => server.restart(),
    stop: async () => {
      await stores.dispose();
      await server.stop();
    },
  };
};
