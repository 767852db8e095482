import { startKafka } from './kafka';
import { startPostgres } from './postgres';

/**
 * Brings up servers for people: `node -r ./test/testbench/typescript.cjs test/testbench/main.ts postgres kafka1`.
 * Prints their addresses as the variables that tests read, and ends them on Ctrl-C.
 */
const STARTERS = {
  postgres: async () => {
    const postgres = await startPostgres();
    return { variable: 'OPENCLAW_TEST_POSTGRES_URL', address: postgres.url, stop: () => postgres.stop() };
  },
  kafka1: () => kafka(1, 'OPENCLAW_TEST_KAFKA_BROKERS'),
  kafka3: () => kafka(3, 'OPENCLAW_TEST_KAFKA3_BROKERS'),
};

async function kafka(brokers: 1 | 3, variable: string) {
  const cluster = await startKafka({ brokers });
  return { variable, address: cluster.brokers.join(','), stop: () => cluster.stop() };
}

async function main(names: readonly string[]): Promise<void> {
  const known = Object.entries(STARTERS);
  const unknown = names.filter((name) => !known.some(([other]) => other === name));
  if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; known: ${known.map(([n]) => n).join(', ')}`);
  const chosen = known.filter(([name]) => names.length === 0 || names.includes(name));
  const servers = await Promise.all(chosen.map(([, start]) => start()));
  for (const { variable, address } of servers) console.log(`export ${variable}='${address}'`);
  const end = () => void Promise.all(servers.map((server) => server.stop())).then(() => process.exit(0));
  process.once('SIGINT', end).once('SIGTERM', end);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
