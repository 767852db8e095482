import { type Scope, isSubsetOf, parseScope } from '../scope/scope';
import { type CommandMeta, type CommandRef, decideOnce, remember } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { SubscriptionEvent } from './events';

export interface SubscriptionCommand {
  readonly type: 'ChangeSubscription';
  readonly meta: CommandMeta;
  readonly account: string;
  readonly scopes: readonly string[];
}

/** An account that was never heard of may issue for nothing. */
export interface Subscription {
  readonly scopes: readonly string[];
  readonly commands: readonly CommandRef[];
}

const SCOPES_MAX = 100;

/** Folds one event; total. */
export const evolveSubscription = (state: Subscription, event: SubscriptionEvent): Subscription =>
  event.type === 'SubscriptionChanged'
    ? { scopes: event.data.scopes, commands: remember(state.commands, event.data.command) }
    : state;

/** Decides a change of the whole list. The same list again is `undefined`: it is as asked. */
export const decideSubscription = (command: SubscriptionCommand, state: Subscription): Decided<SubscriptionEvent> =>
  decideOnce(state.commands, command.meta, () => {
    const { account, scopes, meta } = command;
    const problem = scopesFault(scopes);
    if (problem !== undefined) return no(rejection('invalid-value', problem, REMEDY, 'scopes'));
    if (JSON.stringify(scopes) === JSON.stringify(state.scopes)) return ok(undefined);
    const data = { account, at: meta.now, command: meta.command, before: state.scopes, scopes };
    return ok({ type: 'SubscriptionChanged', data });
  });

const REMEDY = `give at most ${SCOPES_MAX} scopes service:resource:action, each part a name or *`;

const scopesFault = (scopes: readonly string[]): string | undefined => {
  if (scopes.length > SCOPES_MAX) return `more than ${SCOPES_MAX} entries`;
  const bad = scopes.findIndex((scope) => parseScope(scope) === undefined);
  return bad < 0 ? undefined : `entry ${bad + 1} is not a scope`;
};

/** The list with these scopes added; each stands in it once. */
export const withScopes = (list: readonly string[], added: readonly string[]): readonly string[] => [
  ...new Set([...list, ...added]),
];

/** The list without these scopes. What a wider one still covers stays allowed: it has to be taken away itself. */
export const withoutScopes = (list: readonly string[], removed: readonly string[]): readonly string[] =>
  list.filter((scope) => !removed.includes(scope));

/** May an account with these subscribed scopes issue a code with those? A text that is no scope: no. */
export const mayIssueFor = (subscribed: readonly string[], scopes: readonly string[]): boolean => {
  const asked = parsed(scopes);
  return asked.length === scopes.length && isSubsetOf(asked, parsed(subscribed));
};

const parsed = (scopes: readonly string[]): readonly Scope[] => scopes.flatMap((one) => parseScope(one) ?? []);

/** The write side of what an account may issue for: stream `subscription/<account>`. */
export const subscription: Decider<Subscription, SubscriptionCommand, SubscriptionEvent> = {
  initialState: { scopes: [], commands: [] },
  evolve: evolveSubscription,
  decide: decideSubscription,
};
