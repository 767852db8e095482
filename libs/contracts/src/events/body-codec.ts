import type { z } from 'zod';
import type { Body, Upcasters } from '../upcasters/upcaster';
import type { BodyForm, BodyForms, NamedEvent } from './body-form';
import type { WireType } from './wire-type';

/** What the outer form of a record needs to know of its event. */
export interface EncodedBody {
  readonly type: WireType;
  /** Claim `terminal` instead of a revision. */
  readonly terminal: boolean;
  readonly data: unknown;
}

/**
 * A body that this reader cannot fold: a newer schema, or a broken body. Its record stays accepted and its stream is
 * quarantined; `reason` names the type and the paths at fault and holds no value of the body.
 */
export interface NotUnderstood {
  readonly understood: false;
  readonly reason: string;
}

export type Decoded<Event> = { readonly understood: true; readonly event: Event } | NotUnderstood;

/** Turns the events of one union into bodies and back. */
export interface BodyCodec<Event extends NamedEvent> {
  /** Throws `TypeError` when the event does not fit its own schema: a programming error, nothing may be appended. */
  readonly encode: (event: Event) => EncodedBody;
  /** Reads a body of any version, past or present; total. Fields that it does not know are left out. */
  readonly decode: (type: string, data: unknown) => Decoded<Event>;
  /** Today's form of each event, for documents and tests. */
  readonly forms: Readonly<Record<Event['type'], BodyForm>>;
}

export const bodyCodec = <Event extends NamedEvent>(
  forms: BodyForms<Event>,
  upcasters: Upcasters,
): BodyCodec<Event> => {
  // A mapped type over a generic union is opaque to the compiler here; `BodyForms` has already checked every entry.
  const table = forms as unknown as Readonly<Record<string, BodyForm>>;
  const names = new Map(Object.entries(table).map(([name, form]) => [form.wireType as string, { name, form }]));
  return {
    forms: table,
    encode: (event) => encode(table[event.type], event),
    decode: (type, data) => {
      if (!isBody(data)) return { understood: false, reason: `${type}: the body is not an object` };
      const today = upcasters.upcast(type, data);
      const known = names.get(today.type);
      if (known === undefined) return { understood: false, reason: `${type}: not a type that this version knows` };
      const parsed = known.form.schema.safeParse(today.data);
      if (!parsed.success) return { understood: false, reason: `${type}: ${faultsOf(parsed.error)}` };
      return { understood: true, event: { type: known.name, data: parsed.data } as unknown as Event };
    },
  };
};

const encode = (form: BodyForm | undefined, event: NamedEvent): EncodedBody => {
  if (form === undefined) throw new TypeError(`no wire form for ${event.type}`);
  const parsed = form.schema.safeParse(event.data);
  if (!parsed.success) throw new TypeError(`${event.type} does not fit its schema: ${faultsOf(parsed.error)}`);
  return { type: form.wireType, terminal: form.terminal, data: parsed.data };
};

const isBody = (data: unknown): data is Body => typeof data === 'object' && data !== null && !Array.isArray(data);

/** Where a body is at fault and what was expected there, never what was found: bodies may hold personal data. */
const faultsOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || 'body'}: ${issue.code}`)
    .join(', ');
