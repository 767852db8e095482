import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The rows of a table in position order, each as the line of text that COPY takes. */
export const rowsAsText = async (client: Client, table: string, columns: string): Promise<readonly string[]> => {
  const stream = client.query(copyTo(`COPY (SELECT ${columns} FROM ${table} ORDER BY position) TO STDOUT`));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString('utf8').split('\n');
  lines.pop();
  return lines;
};

/** Joins the lines into batches of the given sizes; the last batch takes what is left. */
export const batchesOf = (lines: readonly string[], sizes: readonly number[]): readonly Buffer[] => {
  const batches: Buffer[] = [];
  let from = 0;
  for (const [index, size] of sizes.entries()) {
    const to = index === sizes.length - 1 ? lines.length : from + size;
    if (to > from) batches.push(Buffer.from(`${lines.slice(from, to).join('\n')}\n`));
    from = to;
  }
  return batches;
};

/** One COPY and one commit a batch, the text made before: milliseconds. */
export const copyInBatches = async (client: Client, into: string, batches: readonly Buffer[]): Promise<number> => {
  const startedMs = performance.now();
  for (const batch of batches) await copyAll(client, into, [batch]);
  return performance.now() - startedMs;
};

/** Everything in one COPY: milliseconds. */
export const copyAtOnce = async (client: Client, into: string, batches: readonly Buffer[]): Promise<number> => {
  const startedMs = performance.now();
  await copyAll(client, into, batches);
  return performance.now() - startedMs;
};

const copyAll = async (client: Client, into: string, parts: readonly Buffer[]): Promise<void> => {
  const stream = client.query(copyFrom(`COPY ${into} FROM STDIN`));
  const ended = finished(stream);
  for (const part of parts) if (!stream.write(part)) await Promise.race([once(stream, 'drain'), ended]);
  stream.end();
  await ended;
};
