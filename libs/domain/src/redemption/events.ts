import type { UnixMs } from '../shared/time';

/**
 * What validators claim of a code's limits, on the code's own stream `redemption/<codeId>`, so that no traffic with a
 * code ever meets an operator's command on it. Each claim takes the next revision: of racing replicas exactly one wins.
 */
interface Claimed {
  readonly codeId: string;
  readonly at: UnixMs;
  readonly validator: string;
}

/** Units of a code with a budget (single use, N uses). */
export interface CodeRedeemed {
  readonly type: 'CodeRedeemed';
  readonly data: Claimed & {
    /** 1 for a single use; more for a block of a large budget. */
    readonly units: number;
    /** Caller's own id of the request: a retry with it gets the same answer and no second unit. */
    readonly requestId: string;
  };
}

/** Uses out of the rate limits, that one validator may now allow and no other. */
export interface UsesReserved {
  readonly type: 'UsesReserved';
  readonly data: Claimed & {
    readonly units: number;
    /** What it had reserved before and gives back, because it allowed no use with it. */
    readonly unspent: Reserved | null;
  };
}

/** Uses that were counted at `at` and may still be allowed. */
export interface Reserved {
  readonly units: number;
  readonly at: UnixMs;
}

/** A code with an idle time-out or a session limit is in use; said at its first use and then now and again. */
export interface UseNoted {
  readonly type: 'UseNoted';
  readonly data: Claimed;
}

export type RedemptionEvent = CodeRedeemed | UsesReserved | UseNoted;
