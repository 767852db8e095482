import type { EntitySchemaColumnOptions } from 'typeorm';

/** Positions and counts are safe integers (the log says so), but the driver hands out `bigint` as text. */
export const integer = (name: string): EntitySchemaColumnOptions => ({
  name,
  type: 'bigint',
  transformer: {
    to: (value: unknown) => value,
    from: (text: string | null) => (text === null ? null : Number(text)),
  },
});
