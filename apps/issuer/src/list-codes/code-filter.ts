import type { PairingCode } from '@openclaw/domain';
import { type CodeView, codeStatus } from '../show-codes/code.view';

export interface CodeFilter {
  readonly status?: CodeView['status'] | undefined;
  readonly owner?: string | undefined;
  readonly tag?: string | undefined;
  readonly masterKey?: string | undefined;
  readonly expiringWithin?: number | undefined;
  readonly noExpiry?: boolean | undefined;
  readonly neverUsed?: boolean | undefined;
}

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

const same = <Value>(wanted: Value | undefined, found: Value): boolean => wanted === undefined || wanted === found;

/** What a condition is judged by besides the code. */
export interface Circumstances {
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** Ids of codes that were allowed something; needed for `neverUsed`. */
  readonly used?: ReadonlySet<string>;
}

/** Whether a code meets every condition that is given. */
export const meets = (filter: CodeFilter, code: Issued, { nowMs, used }: Circumstances): boolean => {
  const { owner, tags, masterKeyId, expiresAt } = code.settings;
  return (
    same(filter.status, codeStatus(code, nowMs)) &&
    same(filter.owner, owner) &&
    same(filter.masterKey, masterKeyId) &&
    same(filter.noExpiry, expiresAt === null) &&
    same(filter.neverUsed, used?.has(code.codeId) !== true) &&
    (filter.tag === undefined || tags.includes(filter.tag)) &&
    (filter.expiringWithin === undefined || endsWithin(filter.expiringWithin, code, nowMs))
  );
};

const endsWithin = (seconds: number, { status, settings: { expiresAt } }: Issued, nowMs: number): boolean =>
  status !== 'revoked' && expiresAt !== null && expiresAt > nowMs && expiresAt <= nowMs + seconds * 1000;
