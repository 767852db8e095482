import { type Scope, isScopeName } from '../scope/scope';
import { type CommandMeta, type CommandRef, decideOnce, remember } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { lineFault } from '../shared/text';
import type { ServiceOffer, TargetServiceEvent, TargetServiceRetired } from './events';

export type TargetServiceCommand =
  | {
      readonly type: 'RegisterTargetService';
      readonly meta: CommandMeta;
      readonly service: string;
      readonly offer: ServiceOffer;
    }
  | { readonly type: 'ChangeTargetService'; readonly meta: CommandMeta; readonly changes: Partial<ServiceOffer> }
  | { readonly type: 'RetireTargetService'; readonly meta: CommandMeta };

type Known = ServiceOffer & {
  readonly service: string;
  readonly status: 'offered' | 'retired';
  readonly commands: readonly CommandRef[];
};
export type TargetService = { readonly status: 'unregistered' } | Known;
type Decision = Decided<TargetServiceEvent>;

/** Folds one event; total. */
export const evolveTargetService = (state: TargetService, event: TargetServiceEvent): TargetService => {
  if (event.type === 'TargetServiceRegistered') {
    const { service, offer, command } = event.data;
    return { status: 'offered', service, ...offer, commands: remember(commandsOf(state), command) };
  }
  if (state.status === 'unregistered') return state;
  switch (event.type) {
    case 'TargetServiceChanged':
      return { ...state, ...event.data.after, commands: remember(state.commands, event.data.command) };
    case 'TargetServiceRetired':
      return { ...state, status: 'retired', commands: remember(state.commands, event.data.command) };
    default:
      return state;
  }
};

/** Decides one command on a service of the catalogue. A retired one may be registered again: its name is not ours. */
export const decideTargetService = (command: TargetServiceCommand, state: TargetService): Decision =>
  decideOnce(commandsOf(state), command.meta, () => {
    const happened = { at: command.meta.now, command: command.meta.command };
    if (command.type === 'RegisterTargetService') return register(command, state);
    if (state.status === 'unregistered') return no(NOT_FOUND);
    const { service } = state;
    switch (command.type) {
      case 'ChangeTargetService':
        return change({ service, ...happened }, command.changes, state);
      case 'RetireTargetService':
        if (state.status === 'retired') return ok(undefined);
        return ok({ type: 'TargetServiceRetired', data: { service, ...happened } });
      default:
        return exhaustive(command);
    }
  });

/** The write side of a service of the catalogue: stream `target-service/<service>`. */
export const targetService: Decider<TargetService, TargetServiceCommand, TargetServiceEvent> = {
  initialState: { status: 'unregistered' },
  evolve: evolveTargetService,
  decide: decideTargetService,
};

/** What is wrong with a scope of this service, as its catalogue entry says; undefined = nothing. Wildcards fit. */
export const offerFault = (state: TargetService, { resource, action }: Scope): string | undefined => {
  if (state.status === 'unregistered') return 'names a service that is not in the catalogue';
  if (state.status === 'retired') return 'names a service that is retired';
  if (resource !== '*' && !state.resources.includes(resource)) return 'names a resource that the service has not';
  if (action !== '*' && !state.actions.includes(action)) return 'names an action that the service has not';
  return undefined;
};

const NOT_FOUND = rejection('not-found', 'there is no such service', 'check its name', 'service');
const TAKEN = rejection('already-exists', 'this service is in the catalogue', 'change it instead', 'service');
const RETIRED = rejection('wrong-state', 'the service is retired', 'register it again', 'service');
const NAME_REMEDY = 'letters, digits and . _ - / @ +, at most 128, beginning with a letter or digit';
const TITLE_MAX = 200;
const RESOURCES_MAX = 100;
const ACTIONS_MAX = 20;

const commandsOf = (state: TargetService): readonly CommandRef[] =>
  state.status === 'unregistered' ? [] : state.commands;
const plainOffer = ({ title, resources, actions }: ServiceOffer): ServiceOffer => ({
  title,
  resources: [...new Set(resources)],
  actions: [...new Set(actions)],
});

const register = (
  { meta, service, offer }: Extract<TargetServiceCommand, { type: 'RegisterTargetService' }>,
  state: TargetService,
): Decision => {
  if (!isScopeName(service)) return no(rejection('invalid-value', 'not a name', `give ${NAME_REMEDY}`, 'service'));
  if (state.status === 'offered') return no(TAKEN);
  const data = { service, at: meta.now, command: meta.command, offer: plainOffer(offer) };
  return checked(data.offer) ?? ok({ type: 'TargetServiceRegistered', data });
};

const change = (
  happened: TargetServiceRetired['data'],
  { title, resources, actions }: Partial<ServiceOffer>,
  state: Known,
): Decision => {
  if (state.status === 'retired') return no(RETIRED);
  const before = plainOffer(state);
  const after = plainOffer({
    title: title ?? before.title,
    resources: resources ?? before.resources,
    actions: actions ?? before.actions,
  });
  if (JSON.stringify(before) === JSON.stringify(after)) return ok(undefined);
  return checked(after) ?? ok({ type: 'TargetServiceChanged', data: { ...happened, before, after } });
};

/** The rejection of an offer that cannot be; undefined when it can. Bounds keep `before` and `after` in one record. */
const checked = ({ title, resources, actions }: ServiceOffer): Decision | undefined => {
  const problem = title === '' ? 'empty' : lineFault(title, TITLE_MAX);
  if (problem !== undefined) {
    return no(rejection('invalid-value', problem, `give one line of 1 to ${TITLE_MAX} characters`, 'title'));
  }
  return checkedNames('resources', resources, RESOURCES_MAX) ?? checkedNames('actions', actions, ACTIONS_MAX);
};

const checkedNames = (field: string, names: readonly string[], max: number): Decision | undefined => {
  const remedy = `give 1 to ${max} names: ${NAME_REMEDY}`;
  if (names.length === 0 || names.length > max)
    return no(rejection('invalid-value', `${names.length} names`, remedy, field));
  const bad = names.findIndex((name) => !isScopeName(name));
  return bad < 0 ? undefined : no(rejection('invalid-value', `entry ${bad + 1} is not a name`, remedy, field));
};
