import { type UsageEvent, usageCodec } from '@openclaw/contracts';
import { LOG_OPENED, type RecordedEvent, WRITER_STARTED } from '@openclaw/event-log';
import type { Cell } from '../copy-rows';
import type { FoldableEntry, ProjectionDefinition } from '../projection-definition';

/**
 * Usage: one row for each decision, for each second of aggregated refusals (`count` of them), for each withheld answer,
 * and for each opening and end of a producer, by which gaps are found (those have no outcome). Superseded records are
 * repeats of what is there already, so they have no row.
 */
export const usageProjection: ProjectionDefinition = {
  table: 'usage',
  foldVersion: 2,
  ddl: `partition integer NOT NULL, position bigint NOT NULL, kind text NOT NULL, producer text NOT NULL,
    sequence bigint, time timestamptz NOT NULL, for_ms bigint, count bigint NOT NULL, code_id text, master_key_id text,
    source_ip text, service text, resource text, action text, endpoint text, outcome text, reason text,
    http_status integer, latency_us bigint, validator text, decided_at text, revision bigint, freshness_age_ms bigint,
    request_id text, withheld bigint, detail jsonb, PRIMARY KEY (partition, position)`,
  indexes: [
    'ON %t (code_id, time)',
    'ON %t (time, partition, position)',
    'ON %t (producer, partition, sequence)',
    'ON %t (producer, partition) WHERE outcome IS NULL',
  ],
  columns: [
    'partition', 'position', 'kind', 'producer', 'sequence', 'time', 'for_ms', 'count', 'code_id', 'master_key_id',
    'source_ip', 'service', 'resource', 'action', 'endpoint', 'outcome', 'reason', 'http_status', 'latency_us',
    'validator', 'decided_at', 'revision', 'freshness_age_ms', 'request_id', 'withheld', 'detail',
  ], // prettier-ignore
  order: 'partition, position',
  refuses: (event) => {
    if (isLogsOwn(event)) return undefined;
    const decoded = decodeOnce(event);
    return decoded.understood ? undefined : decoded.reason;
  },
  rows: ({ kind, event }, partition) => {
    if (kind === 'superseded' || isLogsOwn(event)) return [];
    const decoded = decodeOnce(event);
    if (!decoded.understood) throw new TypeError(decoded.reason);
    const cells = cellsOf(decoded.event, event);
    return [[partition, event.position, ...CELLS.map((name) => cells[name] ?? null)]];
  },
};

const CELLS = [
  'kind', 'producer', 'sequence', 'time', 'for_ms', 'count', 'code_id', 'master_key_id', 'source_ip', 'service',
  'resource', 'action', 'endpoint', 'outcome', 'reason', 'http_status', 'latency_us', 'validator', 'decided_at',
  'revision', 'freshness_age_ms', 'request_id', 'withheld', 'detail',
] as const; // prettier-ignore

type Cells = { readonly [Name in (typeof CELLS)[number]]?: Cell | undefined };

/** What the log writes about itself. */
const isLogsOwn = ({ type }: FoldableEntry['event']): boolean => type === LOG_OPENED || type === WRITER_STARTED;

type Decoded = ReturnType<typeof usageCodec.decode>;
const decodedOf = new WeakMap<RecordedEvent, Decoded>();

/** A body is judged first and turned into a row later: parsed once. */
const decodeOnce = (event: RecordedEvent): Decoded => {
  const known = decodedOf.get(event);
  if (known !== undefined) return known;
  const decoded = usageCodec.decode(event.type, event.data);
  decodedOf.set(event, decoded);
  return decoded;
};

const cellsOf = ({ type, data }: UsageEvent, recorded: RecordedEvent): Cells => {
  const { producer } = data;
  const unclocked = { producer, count: 1, time: new Date(recorded.appendedAtMs) };
  switch (type) {
    case 'UsageDecided':
      return decided(data);
    case 'RefusalsAggregated': {
      const { sequence, from, forMs, count, sourceIp, reason, validator, position } = data;
      const what = { kind: 'refusals', outcome: 'denied', reason, count, validator, decided_at: position } as const;
      return { ...what, producer, sequence, time: new Date(from), for_ms: forMs, source_ip: sourceIp };
    }
    case 'UsageWithheld':
      return { ...unclocked, kind: 'withheld', outcome: 'withheld', sequence: data.sequence, withheld: data.withheld };
    case 'ProducerOpened': {
      const { sequence, validator, openedAt } = data;
      return {
        kind: 'producer-opened',
        count: 1,
        producer,
        sequence,
        validator,
        time: new Date(openedAt),
        ...detail(data),
      };
    }
    case 'ProducerClosed':
      return { ...unclocked, kind: 'producer-closed', sequence: data.sequence, ...detail(data) };
    case 'ProducerLost':
      return {
        ...unclocked,
        kind: 'producer-lost',
        time: new Date(data.from),
        for_ms: data.to - data.from,
        ...detail(data),
      };
  }
};

const decided = (data: Extract<UsageEvent, { type: 'UsageDecided' }>['data']): Cells => ({
  kind: 'decided',
  count: 1,
  producer: data.producer,
  sequence: data.sequence,
  time: new Date(data.time),
  code_id: data.codeId,
  master_key_id: data.masterKeyId,
  source_ip: data.sourceIp,
  service: data.service,
  resource: data.resource,
  action: data.action,
  endpoint: data.endpoint,
  outcome: data.outcome,
  reason: data.outcome === 'denied' ? data.reason : undefined,
  http_status: data.httpStatus,
  latency_us: data.latencyUs,
  validator: data.validator,
  decided_at: data.position,
  revision: data.revision,
  freshness_age_ms: data.freshnessAgeMs,
  request_id: data.requestId,
});

const detail = (data: object): Cells => ({ detail: JSON.stringify(data) });
