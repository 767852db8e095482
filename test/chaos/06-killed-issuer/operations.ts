import { rest } from '../../demo/clients';
import { type GrpcAnswer, grpcCaller } from '../../demo/grpc-client';
import type { Failpoint } from './issuer';

/** Where an issuer listens. */
export interface Listens {
  readonly http: string;
  readonly grpc: string;
}

/** What a caller was told; undefined when the answer was lost. */
export interface Told {
  /** Ids of what was made or changed. */
  readonly id: string;
  readonly position: string;
  /** A code or an operator's token. */
  readonly plain: string | null;
  readonly body: object;
}

/** One command, always the same for one key, so that the caller can repeat it. */
export interface Command {
  readonly key: string;
  readonly name: string;
  readonly strike: Failpoint;
  /** The value of a master key, when it brings one. */
  readonly secret?: string;
  send(at: Listens, token: string): Promise<Told | undefined>;
}

interface OverRest {
  readonly method?: string;
  readonly path: string;
  readonly body: object;
  readonly idOf: string;
  readonly plainOf?: string;
}

/** Over REST; every answer but a success is an error of the experiment. */
export const overRest =
  (key: string, { method = 'POST', path, body, idOf, plainOf = 'code' }: OverRest): Command['send'] =>
  async (at, token) => {
    const headers = { 'idempotency-key': key };
    const answer = await rest(at.http, token)(method, path, body, headers).catch(() => undefined);
    if (answer === undefined) return undefined;
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const { [idOf]: id, position, [plainOf]: plain } = answer.body;
    return {
      id: String(id),
      position: String(position),
      plain: typeof plain === 'string' ? plain : null,
      body: answer.body,
    };
  };

/** UNAVAILABLE and the like: the connection went. */
const LOST: readonly number[] = [1, 4, 14];

interface OverGrpc {
  readonly method: string;
  readonly request: object;
  /** Member of the answer that holds the thing, and the thing's id. */
  readonly thing: readonly [member: string, id: string];
}

export const overGrpc =
  (key: string, { method, request, thing: [member, idOf] }: OverGrpc): Command['send'] =>
  async (at, token) => {
    const call = grpcCaller(at.grpc, token);
    const answer: GrpcAnswer = await call(method, { ...request, idempotencyKey: key });
    call.close();
    if (LOST.includes(answer.status)) return undefined;
    if (answer.status !== 0) throw new Error(`${method}: ${answer.status} ${answer.message}`);
    const thing = answer.body[member] as Record<string, unknown>;
    const { position, plainCode } = answer.body;
    return {
      id: String(thing[idOf]),
      position: String(position),
      plain: typeof plainCode === 'string' && plainCode !== '' ? plainCode : null,
      body: answer.body,
    };
  };
