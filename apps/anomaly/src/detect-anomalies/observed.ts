import { createHash } from 'node:crypto';
import type { UsageEvent } from '@openclaw/contracts';
import { type UnixMs, unixMs } from '@openclaw/domain';

/** What a usage event says about one entity: `code/<id>` or `source/<address>`. */
export interface Observed {
  readonly entity: string;
  readonly at: UnixMs;
  readonly eventId: string;
  /** Why it was refused; undefined when it was allowed. */
  readonly refused: string | undefined;
  /** So many requests at once. */
  readonly count: number;
}

/** Nothing for records about producers, and for uses of which neither code nor address is known. */
export const observedIn = (eventId: string, { type, data }: UsageEvent): readonly Observed[] => {
  if (type === 'RefusalsAggregated') {
    const seen = { at: unixMs(data.from), eventId, refused: data.reason, count: data.count };
    return entity('source', data.sourceIp).map((one) => ({ entity: one, ...seen }));
  }
  if (type !== 'UsageDecided') return [];
  const refused = data.outcome === 'denied' ? data.reason : undefined;
  const seen = { at: unixMs(data.time), eventId, refused, count: 1 };
  return [...entity('code', data.codeId), ...entity('source', data.sourceIp)].map((one) => ({ entity: one, ...seen }));
};

/** Ids of alerts are short; of what is longer than any real id the beginning and a hash are told. */
const ID_MAX = 100;

const entity = (kind: 'code' | 'source', id: string | undefined): readonly string[] => {
  if (id === undefined) return [];
  if (id.length <= ID_MAX) return [`${kind}/${id}`];
  return [`${kind}/${id.slice(0, ID_MAX)}…${createHash('sha256').update(id).digest('hex').slice(0, 16)}`];
};
