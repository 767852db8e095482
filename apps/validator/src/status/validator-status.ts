import { type Outgoing, encodePosition, type validatorV1 } from '@openclaw/contracts';
import { type LeaseKeeper, systemTime } from '@openclaw/freshness';
import type { CodeIndex } from '../code-index/code-index';
import type { UsageRecorder } from '../usage/usage-recorder';
import type { ValidatorStanding } from '../validate-code/standing';

const VERSION = '0.1.0';
const UINT32_MAX = 0xffff_ffff;

/** What this validator knows and how fresh it is. */
export class ValidatorStatus {
  constructor(
    private readonly parts: {
      readonly index: CodeIndex;
      readonly keeper: LeaseKeeper;
      readonly standing: ValidatorStanding;
      readonly usage: UsageRecorder;
    },
  ) {}

  get(): Outgoing<validatorV1.GetStatusResponse> {
    const { index, keeper, standing, usage } = this.parts;
    const { logId, position, chainHash } = index.applied();
    const { ageMs } = keeper.status();
    const lease = keeper.capture();
    const remainingMs = lease === undefined ? 0 : lease.endsAtMs - systemTime.monotonic.nowMs();
    return {
      state: standing.state(),
      incarnation: keeper.incarnation,
      logId,
      position: encodePosition({ logId, offset: position }),
      chainHash,
      freshnessAgeMs: Math.min(Math.ceil(ageMs ?? UINT32_MAX), UINT32_MAX),
      leaseRemainingMs: Math.max(0, Math.floor(remainingMs)),
      codeCount: String(index.size),
      usageBacklog: String(usage.backlog),
      version: VERSION,
      usageDurability: usage.durability,
    };
  }
}
