import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from '@openclaw/suite';
import type { Conditions, Experiment, Observation } from '../experiment';
import { Child } from '../workload/child';
import { heldBy } from '../workload/history';
import { PostgresGround } from '../workload/postgres-ground';
import { type Given, commandsOf } from './crash-table';
import type { KilledIssuerOrder } from './issuer';
import { type Command, type Listens, type Told, overRest } from './operations';
import { violationsIn } from './oracle';

const ground = new PostgresGround();

interface Line {
  readonly listens?: Listens;
  readonly armed?: string;
  readonly logged?: string;
}

type Issuer = Child<KilledIssuerOrder, Line>;

/**
 * INVARIANTS experiment 6: the issuer kills itself at a failpoint inside a command; the caller, whose answer is lost,
 * repeats it with the same idempotency key against the next life of the issuer.
 */
export const killedIssuer: Experiment = {
  number: 6,
  title: 'kill -9 of the issuer at every failpoint of a command, which is then repeated with its key',
  invariants: ['I6', 'I7', 'one per key', 'no orphan'],
  mutants: {
    'stream id not derived from the key': ['one per key'],
    'secret kept under a random name': ['no orphan'],
  },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async (conditions: Conditions): Promise<Observation> => {
  const { mutant, note } = conditions;
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-killed-issuer-'));
  const adminUrl = await ground.database('killed_issuer');
  const installation = await install({ adminUrl, folder });
  const token = readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
  const env = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0' };
  const lives: Issuer[] = [];
  const live = async (): Promise<{ readonly issuer: Issuer; readonly at: Listens }> => {
    const issuer: Issuer = new Child('06-killed-issuer/issuer', { env, mutant });
    lives.push(issuer);
    const { listens } = await issuer.line((line) => line.listens !== undefined);
    if (listens === undefined) throw new Error('the issuer listens nowhere');
    return { issuer, at: listens };
  };
  let { issuer, at } = await live();
  const commands = commandsOf(conditions, await prepare(at, token));
  const told = new Map<Command, Told>();
  let lost = 0;
  for (const command of commands) {
    issuer.say(command.strike);
    await issuer.line((line) => line.armed === command.strike);
    const first = await command.send(at, token);
    // Whoever answers has not met the failpoint.
    if (first !== undefined) await issuer.stop();
    else lost += 1;
    await issuer.ended;
    ({ issuer, at } = await live());
    const again = await command.send(at, token);
    if (again !== undefined) told.set(command, again);
    note(`${command.name}, killed ${command.strike}: ${again === undefined ? 'no answer' : `is ${again.id}`}`);
  }
  await issuer.stop();
  const output = lives.flatMap((one) => one.lines.map((line) => line.logged ?? '')).join('\n');
  const violations = await violationsIn({ adminUrl, env, commands, told, output });
  rmSync(folder, { recursive: true });
  const kills = lives.filter((one) => one.end === 'SIGKILL').length;
  if (kills !== commands.length || lost !== commands.length) {
    violations.push(`I7: ${commands.length} commands, ${kills} kills, ${lost} lost answers: a failpoint was not met`);
  }
  const counts = { commands: commands.length, kills, repeated: told.size };
  return { counts, held: heldBy(killedIssuer.invariants, violations), violations };
};

/** A master key and a code that the commands change. */
const prepare = async (at: Listens, token: string): Promise<Given> => {
  const send = async (path: string, body: object, idOf: string): Promise<string> => {
    const told = await overRest(randomUUID(), { path, body, idOf })(at, token);
    if (told === undefined) throw new Error(`${path}: no answer`);
    return told.id;
  };
  const key = { label: 'given', provider: 'p', secret: 'sk-canary-of-the-given-key' };
  const masterKeyId = await send('/v1/master-keys', key, 'masterKeyId');
  const codeId = await send('/v1/codes', { masterKeyId, label: 'given', scopes: ['a:b:c'] }, 'codeId');
  return { masterKeyId, codeId };
};
