import type { Decided } from './decider';
import { type Rejection, rejection } from './rejection';
import { no, ok } from './result';
import type { UnixMs } from './time';

/** Identity of a command: an idempotency key and a hash of what was asked, so that a retry is known as one. */
export interface CommandRef {
  readonly id: string;
  readonly bodyHash: string;
}

/**
 * What a command brings along, because the domain has no clock and no randomness of its own. Who asked, from where and
 * why is no part of any decision: it travels in the metadata of the record (ARCHITECTURE section 3).
 */
export interface CommandMeta {
  readonly now: UnixMs;
  readonly command: CommandRef;
}

/** What every event of the lifecycle says of itself. */
export interface Happened {
  readonly at: UnixMs;
  readonly command: CommandRef;
}

/** The last commands of a stream; a retry within this many later commands is recognised. */
export const COMMANDS_KEPT = 64;

export const remember = (commands: readonly CommandRef[], command: CommandRef | undefined): readonly CommandRef[] =>
  command === undefined ? commands : [...commands, command].slice(-COMMANDS_KEPT);

export type Seen = 'new' | 'repeated' | Rejection;

/** Was this command carried out before? The same id with another body is a mistake of the caller, never a retry. */
export const seenBefore = (commands: readonly CommandRef[], command: CommandRef): Seen => {
  const known = commands.find((one) => one.id === command.id);
  if (known === undefined) return 'new';
  if (known.bodyHash === command.bodyHash) return 'repeated';
  return rejection(
    'command-id-reused',
    'this idempotency key was used for another request',
    'use a new key for a new request',
    'idempotencyKey',
  );
};

/**
 * Decides a command unless the stream has carried it out already: a retry is `undefined` (nothing to do, answer as
 * then), a reused id is refused. A command that changed nothing left no event and so is decided anew.
 */
export const decideOnce = <Event>(
  commands: readonly CommandRef[],
  { command }: CommandMeta,
  decide: () => Decided<Event>,
): Decided<Event> => {
  const seen = seenBefore(commands, command);
  if (seen === 'repeated') return ok(undefined);
  return seen === 'new' ? decide() : no(seen);
};
