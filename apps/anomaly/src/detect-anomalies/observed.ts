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

const entity = (kind: 'code' | 'source', id: string | undefined): readonly string[] =>
  id === undefined ? [] : [`${kind}/${id}`];
