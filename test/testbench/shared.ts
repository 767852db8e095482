import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { GivenKafka, startKafka } from './kafka';
import type { Kafka } from './kafka.port';
import { givenPostgres, startPostgres, type Postgres } from './postgres';

/** For `beforeAll`: the first start on a machine may have to download Kafka. */
export const BENCH_START_TIMEOUT_MS = 300_000;

/** The one PostgreSQL of this test run. `stop()` in `afterAll` drops the databases made through this handle. */
export async function sharedPostgres(): Promise<Postgres> {
  const address = await askBench('postgres');
  return address ? givenPostgres(textOf(address, 'url')) : startPostgres();
}

/** The one Kafka of this test run with so many brokers. Use topic names of your own; do not harm its brokers. */
export async function sharedKafka(brokers: 1 | 3): Promise<Kafka> {
  const address = await askBench(`kafka${brokers}`);
  return address ? new GivenKafka(textsOf(address, 'brokers')) : startKafka({ brokers });
}

/** Asks the run's bench; undefined outside of a run that has one: the server is then the caller's own. */
async function askBench(name: string): Promise<object | undefined> {
  const socketPath = process.env.OPENCLAW_BENCH_SOCKET;
  if (!socketPath) return undefined;
  const { status, body } = await post(socketPath, `/${name}`);
  if (status !== 200) throw new Error(`the test bench has no ${name}: ${body}`);
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`unexpected answer of the test bench: ${body}`);
  return parsed;
}

function post(socketPath: string, path: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, method: 'POST' }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    call.once('error', reject).end();
  });
}

function textOf(answer: object, name: string): string {
  const value: unknown = Reflect.get(answer, name);
  if (typeof value !== 'string') throw new Error(`the test bench's answer lacks ${name}`);
  return value;
}

function textsOf(answer: object, name: string): string[] {
  const value: unknown = Reflect.get(answer, name);
  if (!Array.isArray(value)) throw new Error(`the test bench's answer lacks ${name}`);
  return value.map(String);
}
