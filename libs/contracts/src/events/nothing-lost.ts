import type { NamedEvent } from './body-form';
import type { EncodedBody } from './body-codec';

/**
 * Throws `TypeError` when the schema has dropped a member of the event. For events whose type is written apart from
 * the schema (those of the domain): a fact that its writer believes to be on the log must be on it.
 */
export const assertNothingLost = (event: NamedEvent, body: EncodedBody): EncodedBody => {
  const lost = lostMember(event.data, body.data);
  if (lost !== undefined) throw new TypeError(`${event.type}: the schema has no ${lost}, so it would not be written`);
  return body;
};

const lostMember = (given: unknown, written: unknown): string | undefined => {
  if (!isTree(given) || !isTree(written)) return undefined;
  for (const name of Object.keys(given)) {
    if (given[name] === undefined) continue;
    if (!Object.hasOwn(written, name)) return name;
    const inner = lostMember(given[name], written[name]);
    if (inner !== undefined) return `${name}.${inner}`;
  }
  return undefined;
};

const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
