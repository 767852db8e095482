import { NO_RATE_USE, type RateUse, countUse, uncountUse } from '../rate-limit/rate-limit';
import { type UnixMs, unixMs } from '../shared/time';
import type { RedemptionEvent, UsesReserved } from './events';

/** What all validators together have claimed of one code. */
export interface Redemption {
  /** Units of its budget. */
  readonly used: number;
  /** The newest claims on its budget, newest last. */
  readonly requests: readonly Request[];
  /** Uses in the present windows that were allowed, or may be by the validator that reserved them. */
  readonly rate: RateUse;
  readonly firstUsedAt: UnixMs | null;
  /** Newest time at which a claim says that it was used. */
  readonly lastNotedAt: UnixMs | null;
}

interface Request {
  readonly id: string;
  readonly at: UnixMs;
}

/** A retry within this many later claims finds its own. */
const REQUESTS_KEPT = 64;

export const unclaimed: Redemption = {
  used: 0,
  requests: [],
  rate: NO_RATE_USE,
  firstUsedAt: null,
  lastNotedAt: null,
};

/** Folds one event; total. */
export const evolveRedemption = (state: Redemption, event: RedemptionEvent): Redemption => {
  switch (event.type) {
    case 'CodeRedeemed': {
      const { at, units, requestId } = event.data;
      const requests = [...state.requests, { id: requestId, at }].slice(-REQUESTS_KEPT);
      return { ...noted(state, at), used: state.used + units, requests, rate: countUse(state.rate, at, units) };
    }
    case 'UsesReserved':
      return { ...noted(state, event.data.at), rate: reserved(state.rate, event) };
    case 'UseNoted':
      return noted(state, event.data.at);
    default:
      return state;
  }
};

const reserved = (rate: RateUse, { data: { at, units, unspent } }: UsesReserved): RateUse =>
  countUse(unspent === null ? rate : uncountUse(rate, unspent.at, unspent.units), at, units);

const noted = (state: Redemption, at: UnixMs): Redemption => ({
  ...state,
  firstUsedAt: state.firstUsedAt ?? at,
  lastNotedAt: unixMs(Math.max(state.lastNotedAt ?? at, at)),
});
