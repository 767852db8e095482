import { type Scope, isSubsetOf, parseScope } from '../scope/scope';
import { type CommandMeta, type CommandRef, remember, seenBefore } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';

interface Happened {
  readonly account: string;
  readonly at: UnixMs;
  readonly command: CommandRef;
}

/** What an account may issue codes for. One event sets the whole list, so that no two halves can disagree. */
export type SubscriptionEvent = {
  readonly type: 'SubscriptionChanged';
  readonly data: Happened & { readonly before: readonly string[]; readonly scopes: readonly string[] };
};

export interface SubscriptionCommand {
  readonly type: 'ChangeSubscription';
  readonly meta: CommandMeta;
  readonly account: string;
  readonly scopes: readonly string[];
}

export interface Subscription {
  readonly scopes: readonly string[];
  readonly commands: readonly CommandRef[];
}

export const evolveSubscription = (state: Subscription, event: SubscriptionEvent): Subscription => ({
  scopes: event.data.scopes,
  commands: remember(state.commands, event.data.command),
});

export const decideSubscription = (command: SubscriptionCommand, state: Subscription): Decided<SubscriptionEvent> => {
  const seen = seenBefore(state.commands, command.meta.command);
  if (seen === 'repeated') return ok(undefined);
  if (seen !== 'new') return no(seen);
  const { account, scopes, meta } = command;
  const bad = scopes.findIndex((scope) => parseScope(scope) === undefined);
  if (bad >= 0) return no(rejection('invalid-value', `entry ${bad + 1} is not a scope`, 'give service:resource:action', 'scopes'));
  const data = { account, at: meta.now, command: meta.command, before: state.scopes, scopes };
  return ok({ type: 'SubscriptionChanged', data });
};

/** May an account with these subscribed scopes issue a code with those? */
export const mayIssueFor = (subscribed: readonly string[], scopes: readonly string[]): boolean =>
  isSubsetOf(parsed(scopes), parsed(subscribed)) && parsed(scopes).length === scopes.length;

const parsed = (scopes: readonly string[]): readonly Scope[] => scopes.flatMap((one) => parseScope(one) ?? []);

export const subscription: Decider<Subscription, SubscriptionCommand, SubscriptionEvent> = {
  initialState: { scopes: [], commands: [] },
  evolve: evolveSubscription,
  decide: decideSubscription,
};
