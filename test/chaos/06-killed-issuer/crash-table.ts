import { randomUUID } from 'node:crypto';
import type { Conditions } from '../experiment';
import { type Command, overGrpc, overRest } from './operations';

/** What was there before the crashes. */
export interface Given {
  readonly masterKeyId: string;
  readonly codeId: string;
}

type Row = (given: Given) => Omit<Command, 'key' | 'send'> & { send(key: string): Command['send'] };

const secretOf = (): string => `sk-canary-${randomUUID().replaceAll('-', '')}`;
const SCOPES = ['a:b:c'];

const registerOverRest =
  (strike: Command['strike']): Row =>
  () => {
    const secret = secretOf();
    const body = { provider: 'p', secret };
    return {
      name: 'register a master key (REST)',
      strike,
      secret,
      send: (key) => overRest(key, { path: '/v1/master-keys', body: { label: key, ...body }, idOf: 'masterKeyId' }),
    };
  };

const registerOverGrpc =
  (strike: Command['strike']): Row =>
  () => {
    const secret = secretOf();
    return {
      name: 'register a master key (gRPC)',
      strike,
      secret,
      send: (key) =>
        overGrpc(key, {
          method: 'RegisterMasterKey',
          request: { label: key, provider: 'p', secret },
          thing: ['masterKey', 'masterKeyId'],
        }),
    };
  };

const issueOverRest =
  (strike: Command['strike']): Row =>
  ({ masterKeyId }) => ({
    name: 'issue a code (REST)',
    strike,
    send: (key) =>
      overRest(key, { path: '/v1/codes', body: { masterKeyId, label: key, scopes: SCOPES }, idOf: 'codeId' }),
  });

const issueOverGrpc =
  (strike: Command['strike']): Row =>
  ({ masterKeyId }) => ({
    name: 'issue a code (gRPC)',
    strike,
    send: (key) =>
      overGrpc(key, {
        method: 'IssueCode',
        request: { settings: { masterKeyId, label: key, scopes: SCOPES } },
        thing: ['code', 'codeId'],
      }),
  });

const rotateMasterKey =
  (strike: Command['strike']): Row =>
  ({ masterKeyId }) => {
    const secret = secretOf();
    return {
      name: 'rotate a master key (gRPC)',
      strike,
      secret,
      send: (key) =>
        overGrpc(key, {
          method: 'RotateMasterKey',
          request: { masterKeyId, secret, reason: key },
          thing: ['masterKey', 'masterKeyId'],
        }),
    };
  };

const changeCode =
  (verb: 'rotate' | 'reissue' | 'suspend', strike: Command['strike']): Row =>
  ({ codeId }) => ({
    name: `${verb} a code (REST)`,
    strike,
    send: (key) => overRest(key, { path: `/v1/codes/${codeId}/${verb}`, body: { reason: key }, idOf: 'codeId' }),
  });

const addAdmin =
  (strike: Command['strike']): Row =>
  () => ({
    name: 'add an admin (REST)',
    strike,
    send: (key) =>
      overRest(key, {
        path: '/v1/operators',
        body: { name: key, roles: ['admin'] },
        idOf: 'operatorId',
        plainOf: 'token',
      }),
  });

/** The rows that `npm test` plays: each failpoint once, each interface twice. */
const SHORT: readonly Row[] = [
  registerOverGrpc('after secret store'),
  issueOverRest('after append'),
  issueOverGrpc('while appending'),
  changeCode('reissue', 'before reply'),
];

/** One that the mutant does not survive. */
const OF_MUTANT: Readonly<Record<string, readonly Row[]>> = {
  'stream id not derived from the key': [issueOverRest('after append')],
  'secret kept under a random name': [registerOverRest('after secret store')],
};

const LONG: readonly Row[] = [
  ...(['after secret store', 'while appending', 'after append', 'before reply'] as const).map(registerOverRest),
  ...(['after secret store', 'while appending', 'after append'] as const).map(registerOverGrpc),
  ...(['while appending', 'after append', 'before reply'] as const).map(issueOverRest),
  ...(['while appending', 'after append'] as const).map(issueOverGrpc),
  ...(['after secret store', 'while appending', 'after append'] as const).map(rotateMasterKey),
  ...(['rotate', 'reissue'] as const).flatMap((verb) =>
    (['while appending', 'after append', 'before reply'] as const).map((strike) => changeCode(verb, strike)),
  ),
  changeCode('suspend', 'after append'),
  ...(['while appending', 'after append', 'before reply'] as const).map(addAdmin),
];

/** The commands of one run, in random order in the long form. */
export const commandsOf = ({ size, mutant, random }: Conditions, given: Given): Command[] => {
  const rows = mutant === undefined ? (size === 'long' ? LONG : SHORT) : (OF_MUTANT[mutant] ?? []);
  const shuffled = size === 'long' ? rows.toSorted(() => random.next() - 0.5) : rows;
  return shuffled.map((row) => {
    const key = randomUUID();
    const command = row(given);
    return { ...command, key, send: command.send(key) };
  });
};
