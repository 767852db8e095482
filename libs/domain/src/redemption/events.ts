import type { UnixMs } from '../shared/time';

/**
 * Units of a code with a budget were claimed, on their own stream `redemption/<codeId>`, so that no traffic with a code
 * ever meets an operator's command on it. Each claim takes the next revision: of racing replicas exactly one wins it.
 */
export interface CodeRedeemed {
  readonly type: 'CodeRedeemed';
  readonly data: {
    readonly codeId: string;
    readonly at: UnixMs;
    /** 1 for a single use; more for a block of a large budget. */
    readonly units: number;
    /** Caller's own id of the request: a retry with it gets the same answer and no second unit. */
    readonly requestId: string;
    readonly validator: string;
  };
}

export type RedemptionEvent = CodeRedeemed;
