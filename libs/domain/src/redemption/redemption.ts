import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';

/**
 * Uses of a code with a budget, on their own stream `redemption/<codeId>`, so that no traffic with a code ever meets an
 * operator's command on it. Each claim takes the next revision: of racing replicas exactly one wins it.
 */
export type RedemptionEvent = {
  readonly type: 'CodeRedeemed';
  readonly data: {
    readonly codeId: string;
    readonly at: UnixMs;
    readonly units: number;
    /** Caller's own id of the request: a retry with it gets the same answer and no second unit. */
    readonly requestId: string;
    readonly validator: string;
  };
};

export interface RedeemCommand {
  readonly type: 'Redeem';
  readonly codeId: string;
  readonly now: UnixMs;
  readonly units: number;
  readonly usesMax: number;
  readonly requestId: string;
  readonly validator: string;
}

export interface Redemption {
  readonly used: number;
  /** Request ids of the newest claims, newest last. */
  readonly requests: readonly string[];
}

const REQUESTS_KEPT = 64;

export const evolveRedemption = (state: Redemption, { data }: RedemptionEvent): Redemption => ({
  used: state.used + data.units,
  requests: [...state.requests, data.requestId].slice(-REQUESTS_KEPT),
});

/** A claim, nothing (this request has its unit already), or the no of a budget that is used up. */
export const decideRedemption = (command: RedeemCommand, state: Redemption): Decided<RedemptionEvent> => {
  const { codeId, now, units, usesMax, requestId, validator } = command;
  if (state.requests.includes(requestId)) return ok(undefined);
  if (state.used + units > usesMax) return no(rejection('wrong-state', 'every use is taken', 'issue another code'));
  return ok({ type: 'CodeRedeemed', data: { codeId, at: now, units, requestId, validator } });
};

export const redemption: Decider<Redemption, RedeemCommand, RedemptionEvent> = {
  initialState: { used: 0, requests: [] },
  evolve: evolveRedemption,
  decide: decideRedemption,
};
