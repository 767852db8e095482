import type { FoldableEntry, ProjectionDefinition } from '../projection-definition';

/**
 * The trail: who did what, when, from where and why, with old and new values, of every change on the lifecycle log.
 * Superseded records are in it too, marked: an attempt that lost its race is evidence.
 */
export const trailProjection = (refuses: ProjectionDefinition['refuses']): ProjectionDefinition => ({
  table: 'trail',
  foldVersion: 1,
  ddl: `position bigint PRIMARY KEY, event_id text NOT NULL, kind text NOT NULL, entity_id text NOT NULL,
    revision integer NOT NULL, type text NOT NULL, accepted boolean NOT NULL, terminal boolean NOT NULL,
    occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL, actor text, auth_method text, source_ip text,
    reason text, command_id text, correlation_id text, traceparent text, source text NOT NULL, data jsonb NOT NULL`,
  indexes: ['ON %t (entity_id, position)', 'ON %t (actor, position)', 'ON %t (type, position)'],
  columns: [
    'position', 'event_id', 'kind', 'entity_id', 'revision', 'type', 'accepted', 'terminal', 'occurred_at',
    'recorded_at', 'actor', 'auth_method', 'source_ip', 'reason', 'command_id', 'correlation_id', 'traceparent',
    'source', 'data',
  ], // prettier-ignore
  order: 'position',
  refuses,
  rows: trailRow,
});

const trailRow = ({ kind, event }: FoldableEntry): ReturnType<ProjectionDefinition['rows']> => {
  const slash = event.stream.indexOf('/');
  const { authid, authtype, sourceip, reason, commandid, correlationid, traceparent } = event.metadata;
  return [
    [
      event.position, event.id, event.stream.slice(0, slash), event.stream.slice(slash + 1), event.revision, event.type,
      kind === 'event', event.terminal, event.time, new Date(event.appendedAtMs), authid ?? null, authtype ?? null,
      sourceip ?? null, reason ?? null, commandid ?? null, correlationid ?? null, traceparent ?? null, event.source,
      JSON.stringify(event.data ?? null),
    ],
  ]; // prettier-ignore
};
