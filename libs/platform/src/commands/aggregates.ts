import { domainCodec, type DomainEvent } from '@openclaw/contracts';
import {
  type Decider, type MasterKey, type MasterKeyCommand, type MasterKeyEvent, type Operator, type OperatorCommand,
  type OperatorEvent, type PairingCode, type PairingCodeCommand, type PairingCodeEvent, masterKey, operator, pairingCode,
} from '@openclaw/domain'; // prettier-ignore
import type { Aggregate } from './aggregate-repository';

/** An aggregate of the lifecycle log: its pure decider with the one codec of all domain events. */
const onLifecycle = <State, Command, Event extends DomainEvent>(
  kind: string,
  decider: Decider<State, Command, Event>,
): Aggregate<State, Event> => ({
  kind,
  initial: decider.initialState,
  evolve: (state, event) => decider.evolve(state, event),
  decode: (type, data) => {
    const decoded = domainCodec.decode(type, data);
    // A stream holds events of its own aggregate only: `evolve` ignores any other.
    return decoded.understood ? (decoded.event as Event) : undefined;
  },
  encode: (event) => domainCodec.encode(event),
  isTerminal: (event) => domainCodec.encode(event).terminal,
});

export const pairingCodeAggregate: Aggregate<PairingCode, PairingCodeEvent> = onLifecycle<
  PairingCode,
  PairingCodeCommand,
  PairingCodeEvent
>('pairing-code', pairingCode);

export const masterKeyAggregate: Aggregate<MasterKey, MasterKeyEvent> = onLifecycle<
  MasterKey,
  MasterKeyCommand,
  MasterKeyEvent
>('master-key', masterKey);

export const operatorAggregate: Aggregate<Operator, OperatorEvent> = onLifecycle<Operator, OperatorCommand, OperatorEvent>(
  'operator',
  operator,
);
