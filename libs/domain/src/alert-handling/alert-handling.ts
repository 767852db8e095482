import { type CommandMeta, type CommandRef, decideOnce, remember } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';
import type { AlertHandlingEvent, Resolution } from './events';

interface Told {
  readonly meta: CommandMeta;
  readonly alertUid: string;
  readonly by: string;
}
export type AlertHandlingCommand =
  | (Told & { readonly type: 'AcknowledgeAlert' })
  | (Told & { readonly type: 'CloseAlert'; readonly resolution: Resolution });

/** What people have done about an alert. */
export interface AlertHandling {
  readonly status: 'open' | 'acknowledged' | 'closed';
  readonly acknowledged: Handled | null;
  readonly closed: (Handled & { readonly resolution: Resolution }) | null;
  readonly commands: readonly CommandRef[];
}

/** Who did it, and when. */
export interface Handled {
  readonly by: string;
  readonly at: UnixMs;
}

export const UNHANDLED: AlertHandling = { status: 'open', acknowledged: null, closed: null, commands: [] };

/** Folds one event; total. */
export const evolveAlertHandling = (state: AlertHandling, event: AlertHandlingEvent): AlertHandling => {
  switch (event.type) {
    case 'AlertAcknowledged': {
      const { by, at, command } = event.data;
      const status = state.status === 'closed' ? 'closed' : 'acknowledged';
      return { ...state, status, acknowledged: { by, at }, commands: remember(state.commands, command) };
    }
    case 'AlertClosed': {
      const { by, at, resolution, command } = event.data;
      const closed = { by, at, resolution };
      return { ...state, status: 'closed', closed, commands: remember(state.commands, command) };
    }
    default:
      return state;
  }
};

/** open -> acknowledged -> closed, or open -> closed. The first to acknowledge has it; a closed one stays closed. */
export const decideAlertHandling = (command: AlertHandlingCommand, state: AlertHandling): Decided<AlertHandlingEvent> =>
  decideOnce<AlertHandlingEvent>(state.commands, command.meta, () => {
    const { meta, alertUid, by } = command;
    const data = { at: meta.now, command: meta.command, alertUid, by };
    if (state.status === 'closed') return no(CLOSED);
    if (command.type === 'CloseAlert') {
      return ok({ type: 'AlertClosed', data: { ...data, resolution: command.resolution } });
    }
    if (state.acknowledged === null) return ok({ type: 'AlertAcknowledged', data });
    return state.acknowledged.by === by ? ok(undefined) : no(TAKEN);
  });

const CLOSED = rejection('already-ended', 'the alert is closed', 'a new incident raises a new alert', 'alertUid');
const TAKEN = rejection('wrong-state', 'somebody else has acknowledged it', 'ask who, or close it', 'alertUid');

/** What is done about one alert: stream `alert-handling/<uid>`. */
export const alertHandling: Decider<AlertHandling, AlertHandlingCommand, AlertHandlingEvent> = {
  initialState: UNHANDLED,
  evolve: evolveAlertHandling,
  decide: decideAlertHandling,
};
