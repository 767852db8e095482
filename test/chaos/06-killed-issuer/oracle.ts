import { TOPIC } from '@openclaw/contracts';
import { type RecordedEvent, openEventLog } from '@openclaw/event-log';
import { issuerConfig } from '@openclaw/issuer';
import { openStore } from '@openclaw/platform';
import { Client } from 'pg';
import { databaseText } from '../workload/database-text';
import type { Command, Told } from './operations';

interface Evidence {
  readonly adminUrl: string;
  readonly env: Readonly<Record<string, string>>;
  readonly commands: readonly Command[];
  /** What the caller was told in the end. */
  readonly told: ReadonlyMap<Command, Told>;
  /** Everything that the issuers logged. */
  readonly output: string;
}

/** What of the invariants does not hold, from the log, the secret store and what the callers heard. */
export const violationsIn = async (evidence: Evidence): Promise<string[]> => {
  const events = await allEvents(evidence.env);
  return [
    ...notKept(evidence, events),
    ...twice(evidence, events),
    ...(await orphans(evidence, events)),
    ...(await leaks(evidence)),
  ];
};

/** Each command was carried out once: by the text that only it has, as label, name or reason. */
const ofCommand = (events: readonly RecordedEvent[], { key }: Command): RecordedEvent[] =>
  events.filter(({ stream, data, metadata }) => {
    const { reason } = metadata;
    return (
      !stream.startsWith('admin-roster/') && (reason === key || JSON.stringify(data).includes(JSON.stringify(key)))
    );
  });

const notKept = ({ commands, told }: Evidence, events: readonly RecordedEvent[]): string[] =>
  commands.flatMap((command) => {
    const answer = told.get(command);
    if (answer === undefined) return [`I7: ${command.name} was repeated and got no answer`];
    const kept = ofCommand(events, command).some(({ stream }) => stream.endsWith(`/${answer.id}`));
    return kept ? [] : [`I7: ${command.name} was acknowledged as ${answer.id} and is not on the log`];
  });

const twice = ({ commands }: Evidence, events: readonly RecordedEvent[]): string[] =>
  commands.flatMap((command) => {
    const count = ofCommand(events, command).length;
    return count === 1 ? [] : [`one per key: ${command.name}, killed ${command.strike}, happened ${count} times`];
  });

/** Every kept secret is referred to, and every reference has its secret. */
const orphans = async ({ adminUrl }: Evidence, events: readonly RecordedEvent[]): Promise<string[]> => {
  const referred = new Set(
    events.flatMap(({ data }) => {
      const { secret } = data as { readonly secret?: { readonly name?: string } };
      return secret?.name === undefined ? [] : [secret.name];
    }),
  );
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>('SELECT name FROM openclaw_secrets.secrets');
  await client.end();
  const kept = new Set(rows.map(({ name }) => name));
  return [
    ...[...kept].filter((name) => !referred.has(name)).map((name) => `no orphan: nobody refers to the secret ${name}`),
    ...[...referred].filter((name) => !kept.has(name)).map((name) => `no orphan: there is no secret ${name}`),
  ];
};

/** Values of master keys and plain codes are in no table and in nothing that was logged. */
const leaks = async ({ adminUrl, commands, told, output }: Evidence): Promise<string[]> => {
  const secrets = commands.flatMap(({ secret }) => secret ?? []);
  const plain = [...told.values()].flatMap((answer) => answer.plain ?? []);
  const places = { tables: await databaseText(adminUrl), output, answers: JSON.stringify([...told.values()]) };
  return [
    ...[...secrets, ...plain].flatMap((value) => (places.tables.includes(value) ? ['I6: a secret in a table'] : [])),
    ...[...secrets, ...plain].flatMap((value) => (places.output.includes(value) ? ['I6: a secret in the output'] : [])),
    ...secrets.flatMap((value) => (places.answers.includes(value) ? ['I6: a master key in an answer'] : [])),
  ];
};

const allEvents = async (env: Readonly<Record<string, string>>): Promise<RecordedEvent[]> => {
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const store = openStore(issuerConfig(env).log, 'oracle', quiet);
  const log = await openEventLog(await store.open(TOPIC.lifecycle), { source: 'oracle', role: 'reader' });
  const found: RecordedEvent[] = [];
  for await (const { entries, caughtUp } of log.follow('beginning', AbortSignal.timeout(10_000))) {
    found.push(...entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : [])));
    if (caughtUp) break;
  }
  await log.close();
  await store.close();
  return found;
};
