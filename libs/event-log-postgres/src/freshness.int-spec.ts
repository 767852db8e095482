import { randomUUID } from 'node:crypto';
import { type FreshnessTarget, describeFreshnessContract } from '@openclaw/freshness/testing';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { sharedPostgres } from '@openclaw/test/testbench';

const postgresTarget = async (): Promise<FreshnessTarget> => {
  const postgres = await sharedPostgres();
  const stores = await PostgresStores.on(await postgres.freshDatabase('freshness'));
  return {
    name: 'postgres',
    fresh: async () => {
      const coordinationTopic = `coordination.${randomUUID()}`;
      return {
        lifecycleTopic: `lifecycle.${randomUUID()}`,
        coordinationTopic,
        connect: async () => stores.store(),
        expireCoordination: () => stores.expireAll(coordinationTopic),
        dispose: () => stores.dispose(),
      };
    },
    stop: () => postgres.stop(),
  };
};

jest.setTimeout(60_000);
describeFreshnessContract(postgresTarget, 'postgres');
