import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { TOPIC, serviceDefinition } from '@openclaw/contracts';
import { InMemoryJournalServer, InMemoryJournalStore, type Journal } from '@openclaw/event-log';
import type { Http2Limits } from '@openclaw/grpc-server';
import { createLogger } from '@openclaw/platform';
import { LifecycleWriter, PEPPER } from '../../../apps/validator/testing/lifecycle-writer';
import { KnownCallers } from '../../../apps/validator/src/callers/known-callers';
import { GrpcEndpoint } from '../../../apps/validator/src/grpc/grpc-endpoint';
import { openParts } from '../../../apps/validator/src/open-parts';
import type { ReadyFacts, RecordFacts, ServedKind } from './served.protocol';

/**
 * A server of the gRPC benches, as a process of its own that is pinned to one core: the whole validator (lease, spool
 * with fsync, limits, callers, watch) over a log in its memory, or a hello-world of grpc-js with the same proto.
 */
const TOKEN = 'ocsv_a-token-for-the-bench';
const BOUND_MS = 10_000;
const PARTITIONS = 4;
const SPOOL_BYTES = 1024 ** 3;
const ANY_PORT = { host: '127.0.0.1', port: 0 };
const STANDING_IN = {
  allowed: true,
  codeId: '0d5b7f4e-8f5c-4b1c-9f0f-0c8f9a0c1b2d',
  freshnessAgeMs: 12,
  codeRevision: 1,
};

const DECIDED = Buffer.from('usage.decided');
const ALLOWED = Buffer.from('"outcome":"allowed"');

const tell = (facts: ReadyFacts | RecordFacts): void => void process.stdout.write(`${JSON.stringify(facts)}\n`);

const helloOfGrpcJs = async (): Promise<void> => {
  const decision = { ...STANDING_IN, position: 'x'.repeat(56) };
  const server = new Server();
  server.addService(serviceDefinition('openclaw.validator.v1.ValidatorService'), {
    Validate: (_call: unknown, answer: (error: null, value: object) => void) => answer(null, { decision }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, taken) =>
      error === null ? resolve(taken) : reject(error),
    );
  });
  tell({ port, token: TOKEN, plain: 'ocpc_plain', limited: 'ocpc_limited' });
};

const wholeValidator = async (): Promise<void> => {
  const spoolDir = mkdtempSync(join(tmpdir(), 'openclaw-bench-'));
  process.once('exit', () => rmSync(spoolDir, { recursive: true, force: true }));
  const log = new InMemoryJournalServer();
  const issuer = await LifecycleWriter.open(new InMemoryJournalStore(log), BOUND_MS);
  const usage = { spoolDir, durability: 'fsync', bytesMax: SPOOL_BYTES } as const;
  const config = { boundMs: BOUND_MS, usagePartitions: PARTITIONS, pepper: PEPPER, instance: 'bench', usage };
  const logger = createLogger('bench');
  const store = new InMemoryJournalStore(log);
  const open = store.open.bind(store);
  const seen = { recorded: 0, refused: 0 };
  store.open = async (topic, partition) => {
    const journal = await open(topic, partition);
    return topic === TOPIC.usage ? forgetful(journal, seen) : journal;
  };
  const parts = await openParts(store, config, logger);
  const plain = await issuer.issue();
  const limited = await issuer.issue({ rateLimits: { perHour: 1_000_000_000 } });
  const callers = KnownCallers.parse(`gateway:${createHash('sha256').update(TOKEN).digest('hex')}`);
  if (!(callers instanceof KnownCallers)) throw new Error('the callers of the bench are no callers');
  const limits = JSON.parse(process.argv[3] ?? '{}') as Partial<Http2Limits>;
  const served = { listen: ANY_PORT, tls: undefined, reflection: true, limits };
  const endpoint = new GrpcEndpoint({ ...parts, callers, logger, ...served });
  const address = await endpoint.listen();
  await parts.standing.firstLease(AbortSignal.timeout(5000));
  createInterface({ input: process.stdin })
    .on('line', () => {
      tell({ ...seen, backlog: parts.usage.backlog });
    })
    .once('close', () => process.exit(0));
  tell({ port: Number(address.split(':').at(-1)), token: TOKEN, plain: plain.code, limited: limited.code });
};

/** Takes every record after the first, which opens it, and keeps none: a bench is no test of the log. */
const forgetful = (journal: Journal, seen: { recorded: number; refused: number }): Journal => {
  let isOpened = false;
  return {
    name: journal.name,
    read: journal.read.bind(journal),
    bounds: journal.bounds.bind(journal),
    append: async (record) => {
      if (!isOpened) await journal.append(record);
      isOpened = true;
      const { buffer, byteOffset, length } = record.value;
      const value = Buffer.from(buffer, byteOffset, length);
      const isAllowed = value.includes(ALLOWED);
      if (!isAllowed && !value.includes(DECIDED)) return;
      seen.recorded += 1;
      if (!isAllowed) seen.refused += 1;
    },
  };
};

const SERVED: Readonly<Record<ServedKind, () => Promise<void>>> = {
  validator: wholeValidator,
  'grpc-js': helloOfGrpcJs,
};
void SERVED[process.argv[2] === 'validator' ? 'validator' : 'grpc-js']();
