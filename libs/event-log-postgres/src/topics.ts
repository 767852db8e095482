import { DatabaseError } from 'pg';
import type { TopicSpec } from '@openclaw/event-log';
import type { Cell, Connection } from './connection';

/** Creates what is missing, where the login may, and tells how what exists differs from `wanted`. */
export const topicFaults = async (
  connection: Connection,
  schema: string,
  wanted: readonly TopicSpec[],
  limit: AbortSignal,
): Promise<readonly string[]> => {
  const list = { text: `SELECT topic, partitions, retention_ms FROM ${schema}.topics` };
  const before = new Set((await connection.rows(list, limit)).map(([topic]) => topic));
  const refused: string[] = [];
  for (const spec of wanted.filter(({ topic }) => !before.has(topic))) {
    refused.push(...(await create(connection, schema, spec, limit)));
  }
  const found = new Map((await connection.rows(list, limit)).map((row) => [row[0], row]));
  return [...refused, ...wanted.flatMap((spec) => differences(spec, found.get(spec.topic)))];
};

const create = async (
  connection: Connection,
  schema: string,
  { topic, partitions, retention }: TopicSpec,
  limit: AbortSignal,
): Promise<string[]> => {
  const values = [topic, partitions, retention === 'forever' ? null : retention];
  try {
    await connection.rows({ text: `SELECT ${schema}.ensure_topic($1, $2, $3)`, values }, limit);
    return [];
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== '42501') throw error;
    return [`topic ${topic} is missing, and this login may not create it: start its writer first, or grant the login`];
  }
};

const differences = (wanted: TopicSpec, found: readonly Cell[] | undefined): string[] => {
  if (found === undefined) return []; // the refusal to create it says so
  const partitions = Number(found[1]);
  const retention = found[2] === null ? 'forever' : Number(found[2]);
  return [
    ...(partitions === wanted.partitions
      ? []
      : [`topic ${wanted.topic} has ${partitions} partitions, not ${wanted.partitions}: the count is for life`]),
    ...(retention === wanted.retention
      ? []
      : [
          `topic ${wanted.topic} is kept ${inWords(retention)}, not ${inWords(wanted.retention)}: ` +
            'configure the one, or let an administrator change retention_ms in the table topics',
        ]),
  ];
};

const inWords = (retention: TopicSpec['retention']): string =>
  retention === 'forever' ? 'for ever' : `for ${retention} ms`;
