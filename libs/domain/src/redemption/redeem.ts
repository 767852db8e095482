import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';
import type { CodeRedeemed, RedemptionEvent } from './events';
import { type Redemption, evolveRedemption, unclaimed } from './state';

export interface RedeemCommand {
  readonly type: 'Redeem';
  readonly codeId: string;
  readonly now: UnixMs;
  /** How many units are wanted, all or none; whoever wants what is left of a budget asks for `unitsLeft`. */
  readonly units: number;
  /** 1 = single use. */
  readonly usesMax: number;
  readonly requestId: string;
  readonly validator: string;
}

/** Units that nobody has claimed: none when the budget was narrowed below what is used, or is no number at all. */
export const unitsLeft = ({ used }: Redemption, usesMax: number): number => {
  const left = usesMax - used;
  return left > 0 ? left : 0;
};

/** A claim, nothing (this request has its units already), or the no of a budget that is used up. */
export const decideRedemption = (command: RedeemCommand, state: Redemption): Decided<CodeRedeemed> => {
  const { codeId, now, units, usesMax, requestId, validator } = command;
  if (!Number.isSafeInteger(units) || units < 1) return no(NO_UNITS);
  if (state.requests.some(({ id }) => id === requestId)) return ok(undefined);
  if (units > unitsLeft(state, usesMax)) return no(USED_UP);
  return ok({ type: 'CodeRedeemed', data: { codeId, at: now, units, requestId, validator } });
};

const NO_UNITS = rejection('invalid-value', 'not a whole number of units', 'ask for at least 1', 'units');
const USED_UP = rejection('wrong-state', 'every use is taken', 'issue another code');

/** The claims on one code: stream `redemption/<codeId>`. */
export const redemption: Decider<Redemption, RedeemCommand, RedemptionEvent> = {
  initialState: unclaimed,
  evolve: evolveRedemption,
  decide: decideRedemption,
};
