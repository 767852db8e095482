import { z } from 'zod';
import type { BodyForm } from '../src/events/body-form';

/**
 * The published JSON Schema of one body: draft 2020-12, kept inside what draft-07 understands too (AsyncAPI's default
 * dialect). Unknown members are allowed on purpose: a newer writer may add some.
 */
export const renderSchema = (name: string, { wireType, schema }: BodyForm): Readonly<Record<string, unknown>> => {
  const { $schema, ...body } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return { $schema, $id: `urn:openclaw:event:${wireType}`, title: name, ...body };
};
