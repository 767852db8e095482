/** By what decisions can be counted together. */
export const USAGE_KEYS = [
  'code', 'owner', 'master_key', 'service', 'resource', 'action', 'source_ip', 'validator', 'outcome', 'reason',
  'hour', 'day',
] as const; // prettier-ignore
export type UsageKey = (typeof USAGE_KEYS)[number];

export interface GroupsQuery {
  readonly by: readonly UsageKey[];
  readonly having: Readonly<Partial<Record<UsageKey, string>>>;
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface UsageGroup {
  /** Values of `by`, in its order; '' where a decision has none. */
  readonly key: readonly string[];
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Counts of usage as they can be asked for; rejects with `StoreUnavailable` when the database does not answer. */
export interface UsageGroupsView {
  /** At most `limit` groups in the order of their keys, after the key `after`. */
  groups(query: GroupsQuery, after: readonly string[] | undefined, limit: number): Promise<readonly UsageGroup[]>;
  /** At most `limit` living codes after `after` with which no use was ever allowed, in the order of their ids. */
  unusedCodes(after: string, limit: number): Promise<readonly string[]>;
}
