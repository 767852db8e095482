import { EntitySchema } from 'typeorm';
import { integer } from './column-types';

/** One row of the view `trail`. */
export interface TrailEntry {
  readonly position: number;
  readonly eventId: string;
  /** `pairing-code`, `master-key`, `operator`... */
  readonly kind: string;
  readonly entityId: string;
  readonly revision: number;
  readonly type: string;
  /** False: it lost the race for its revision; nothing followed from it. */
  readonly accepted: boolean;
  readonly terminal: boolean;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly actor: string | null;
  readonly authMethod: string | null;
  readonly sourceIp: string | null;
  readonly reason: string | null;
  readonly commandId: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly source: string;
  readonly data: unknown;
}

export const trailEntry = (schema: string): EntitySchema<TrailEntry> =>
  new EntitySchema<TrailEntry>({
    name: 'TrailEntry',
    tableName: 'trail',
    schema,
    synchronize: false,
    columns: {
      position: { ...integer('position'), primary: true },
      eventId: { name: 'event_id', type: 'text' },
      kind: { type: 'text' },
      entityId: { name: 'entity_id', type: 'text' },
      revision: { type: 'integer' },
      type: { type: 'text' },
      accepted: { type: 'boolean' },
      terminal: { type: 'boolean' },
      occurredAt: { name: 'occurred_at', type: 'timestamptz' },
      recordedAt: { name: 'recorded_at', type: 'timestamptz' },
      actor: { type: 'text', nullable: true },
      authMethod: { name: 'auth_method', type: 'text', nullable: true },
      sourceIp: { name: 'source_ip', type: 'text', nullable: true },
      reason: { type: 'text', nullable: true },
      commandId: { name: 'command_id', type: 'text', nullable: true },
      correlationId: { name: 'correlation_id', type: 'text', nullable: true },
      traceparent: { type: 'text', nullable: true },
      source: { type: 'text' },
      data: { type: 'jsonb' },
    },
  });
