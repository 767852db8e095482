import { type Rejection, rejection } from './rejection';
import type { UnixMs } from './time';

/** Identity of a command: an idempotency key and a hash of what was asked, so that a retry is known as one. */
export interface CommandRef {
  readonly id: string;
  readonly bodyHash: string;
}

/** What a command brings along, because the domain has no clock and no randomness of its own. */
export interface CommandMeta {
  readonly now: UnixMs;
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
