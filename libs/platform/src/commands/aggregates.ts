import {
  type DomainEvent,
  domainCodec,
  isAdminRosterEvent,
  isAlertHandlingEvent,
  isDetectionSettingsEvent,
  isMasterKeyEvent,
  isOperatorEvent,
  isPairingCodeEvent,
  isSubscriptionEvent,
  isTargetServiceEvent,
} from '@openclaw/contracts';
import {
  type AdminRoster,
  type AdminRosterEvent,
  type AlertHandling,
  type AlertHandlingEvent,
  type Decider,
  type DetectionSettingsEvent,
  type DetectionSettingsState,
  type MasterKey,
  type MasterKeyEvent,
  type Operator,
  type OperatorEvent,
  type PairingCode,
  type PairingCodeEvent,
  type Subscription,
  type SubscriptionEvent,
  type TargetService,
  type TargetServiceEvent,
  adminRoster,
  alertHandling,
  detectionSettings,
  masterKey,
  operator,
  pairingCode,
  subscription,
  targetService,
} from '@openclaw/domain';
import type { Aggregate } from './aggregate-repository';

/** An aggregate of the lifecycle log: its pure decider with the one codec of all domain events. */
const onLifecycle = <State, Command, Event extends DomainEvent>(
  kind: string,
  decider: Decider<State, Command, Event>,
  isItsEvent: (event: DomainEvent) => event is Event,
): Aggregate<State, Event> => ({
  kind,
  initial: decider.initialState,
  evolve: (state, event) => decider.evolve(state, event),
  decode: (type, data) => {
    const decoded = domainCodec.decode(type, data);
    return decoded.understood && isItsEvent(decoded.event) ? decoded.event : undefined;
  },
  encode: (event) => domainCodec.encode(event),
});

export const pairingCodeAggregate: Aggregate<PairingCode, PairingCodeEvent> = onLifecycle(
  'pairing-code',
  pairingCode,
  isPairingCodeEvent,
);
export const masterKeyAggregate: Aggregate<MasterKey, MasterKeyEvent> = onLifecycle(
  'master-key',
  masterKey,
  isMasterKeyEvent,
);
export const operatorAggregate: Aggregate<Operator, OperatorEvent> = onLifecycle('operator', operator, isOperatorEvent);
export const adminRosterAggregate: Aggregate<AdminRoster, AdminRosterEvent> = onLifecycle(
  'admin-roster',
  adminRoster,
  isAdminRosterEvent,
);
export const targetServiceAggregate: Aggregate<TargetService, TargetServiceEvent> = onLifecycle(
  'target-service',
  targetService,
  isTargetServiceEvent,
);
export const subscriptionAggregate: Aggregate<Subscription, SubscriptionEvent> = onLifecycle(
  'subscription',
  subscription,
  isSubscriptionEvent,
);
export const detectionSettingsAggregate: Aggregate<DetectionSettingsState, DetectionSettingsEvent> = onLifecycle(
  'detection-settings',
  detectionSettings,
  isDetectionSettingsEvent,
);
export const alertHandlingAggregate: Aggregate<AlertHandling, AlertHandlingEvent> = onLifecycle(
  'alert-handling',
  alertHandling,
  isAlertHandlingEvent,
);
