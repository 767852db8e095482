import type { MasterKeyRevoked } from './master-key';
import type { OperatorRemoved } from './operator';
import type { PairingCodeRevoked } from './pairing-code';

type TerminalEvent = PairingCodeRevoked | MasterKeyRevoked | OperatorRemoved;

/**
 * Events that end their stream (ARCHITECTURE section 3): the log accepts them at whatever revision, once, and nothing
 * after them. So no rate of other events can delay a revocation, and nothing brings back what it ended.
 */
export const TERMINAL_EVENTS = [
  'PairingCodeRevoked',
  'MasterKeyRevoked',
  'OperatorRemoved',
] as const satisfies readonly TerminalEvent['type'][];

/** Does this event claim `terminal` instead of a revision? */
export const isTerminalEvent = <Event extends { readonly type: string }>(
  event: Event,
): event is Extract<Event, TerminalEvent> => TERMINAL_EVENTS.some((type) => type === event.type);
