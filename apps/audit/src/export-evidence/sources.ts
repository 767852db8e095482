import type { TrailView } from '../read-trail/trail.port';
import { trailView } from '../read-trail/trail.view';
import type { UsageView } from '../read-usage/usage.port';
import { usageView } from '../read-usage/usage.view';
import type { Field } from './csv';
import type { EvidenceRow, EvidenceSource } from './evidence';

/** Every change, accepted or not: who, when, from where, why, old and new values. */
export const trailEvidence = (trail: TrailView): EvidenceSource => ({
  name: 'trail',
  projection: 'trail',
  columns: TRAIL_COLUMNS,
  page: async ({ logId }, after, limit) =>
    (await trail.list({}, after, limit)).map((entry) => {
      const shown = trailView(logId, entry);
      const flat = { ...shown, actor: shown.actor?.id ?? null, authMethod: shown.actor?.method ?? null };
      return row(entry.position, shown, flat, TRAIL_COLUMNS);
    }),
});

/** Every decision of every validator. */
export const usageEvidence = (usage: UsageView): EvidenceSource => ({
  name: 'usage',
  projection: 'usage',
  columns: USAGE_COLUMNS,
  page: async ({ partition }, after, limit) =>
    (await usage.inPartition(partition, after, limit)).map((record) => {
      const shown = usageView(record);
      return row(record.position, shown, { ...shown, ...shown.place }, USAGE_COLUMNS);
    }),
});

const TRAIL_COLUMNS = [
  'position', 'at', 'recordedAt', 'entity', 'revision', 'type', 'accepted', 'terminal', 'actor', 'authMethod', 'sourceIp',
  'reason', 'commandId', 'correlationId', 'traceparent', 'source', 'eventId', 'data',
]; // prettier-ignore
const USAGE_COLUMNS = [
  'partition', 'position', 'time', 'outcome', 'reason', 'codeId', 'masterKeyId', 'sourceIp', 'service', 'resource',
  'action', 'endpoint', 'httpStatus', 'latencyUs', 'validator', 'producer', 'sequence', 'decidedAt', 'revision',
  'freshnessAgeMs', 'requestId', 'withheldSequence', 'aggregated',
]; // prettier-ignore

const row = (position: number, shown: object, flat: object, columns: readonly string[]): EvidenceRow => {
  const fields = new Map<string, unknown>(Object.entries(flat));
  return { position, asObject: shown, asFields: columns.map((column) => fieldOf(fields.get(column))) };
};

const fieldOf = (value: unknown): Field => {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
};
