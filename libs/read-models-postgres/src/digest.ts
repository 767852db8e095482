import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Digest } from './generation';
import { CONNECT_TIMEOUT_MS } from './read-models.settings';
import { asStoreError } from './store-errors';

/** A digest reads a whole table, so it has a connection and a limit of its own. */
const DIGEST_TIMEOUT_MS = 600_000;
const NEW_LINE = 0x0a;

/** SHA-256 over the rows of an ordered SELECT, in COPY's text form. Rejects with `StoreUnavailable`; safe to retry. */
export const digestOf = async (url: string, select: string): Promise<Digest> => {
  const client = new Client({
    connectionString: url,
    statement_timeout: DIGEST_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
  });
  client.on('error', () => undefined); // the COPY rejects
  try {
    await client.connect();
    const digest = createHash('sha256');
    let rows = 0;
    for await (const chunk of client.query(copyTo(`COPY (${select}) TO STDOUT`)) as AsyncIterable<Buffer>) {
      digest.update(chunk);
      rows += linesIn(chunk);
    }
    return { rows, sha256: digest.digest('hex') };
  } catch (error) {
    throw asStoreError(error);
  } finally {
    await client.end();
  }
};

const linesIn = (chunk: Buffer): number => {
  let lines = 0;
  for (let at = chunk.indexOf(NEW_LINE); at >= 0; at = chunk.indexOf(NEW_LINE, at + 1)) lines += 1;
  return lines;
};
