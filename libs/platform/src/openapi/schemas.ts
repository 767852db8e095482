import { z } from 'zod';

type Schema = Readonly<Record<string, unknown>>;

/** Names forms, so that each stands once in the document and is referred to everywhere else. */
export class Schemas {
  readonly #registry = z.registry<{ id: string }>();
  readonly #names = new Map<z.ZodType, string>();

  /** `input`: what a caller may send; `output`: what he gets. */
  constructor(private readonly io: 'input' | 'output') {}

  /** Names a form, unless it has a name already; answers the reference to it. */
  reference(form: z.ZodType, name: string): Schema {
    const known = this.#names.get(form) ?? name;
    if (!this.#names.has(form)) this.#registry.add(form, { id: known });
    this.#names.set(form, known);
    return { $ref: uriOf(known) };
  }

  /** All named forms as JSON Schema, draft 2020-12. */
  components(): Schema {
    const { schemas } = z.toJSONSchema(this.#registry, { io: this.io, uri: uriOf });
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.#published(schema)]));
  }

  #published(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((one) => this.#published(one));
    if (typeof schema !== 'object' || schema === null) return schema;
    return Object.fromEntries(
      Object.entries(schema).flatMap(([key, value]) =>
        this.#isKept(key, schema) ? [[key, this.#published(value)]] : [],
      ),
    );
  }

  /** An answer may get more members; the pattern of a date-time is its format once more, at twenty times the length. */
  #isKept(key: string, schema: object): boolean {
    if (key === '$schema' || key === '$id') return false;
    if (key === 'additionalProperties' && this.io === 'output' && 'properties' in schema) return false;
    return !(key === 'pattern' && 'format' in schema && schema.format === 'date-time');
  }
}

const uriOf = (name: string): string => `#/components/schemas/${name}`;
