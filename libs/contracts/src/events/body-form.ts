import type { z } from 'zod';
import type { WireType } from './wire-type';

/** An event as code sees it: a name in the past tense and its facts. */
export interface NamedEvent {
  readonly type: string;
  readonly data: unknown;
}

/** How one event is written today. Older versions are read through `upcasters/`. */
export interface BodyForm<Data = unknown> {
  /** Type and version that is written today. */
  readonly wireType: WireType;
  /** Accepted at whatever revision, and the last event of its stream. */
  readonly terminal: boolean;
  readonly schema: z.ZodType<Data>;
}

/** The form of each event of a union: does not compile while an event has none. */
export type BodyForms<Event extends NamedEvent> = {
  readonly [Type in Event['type']]: BodyForm<Plain<Extract<Event, { readonly type: Type }>['data']>>;
};

/** An ordinary event: it claims the next revision of its stream. */
export const event = <Data>(wireType: WireType, schema: z.ZodType<Data>): BodyForm<Data> => ({
  wireType,
  terminal: false,
  schema,
});

/** A terminal event. */
export const ends = <Data>(wireType: WireType, schema: z.ZodType<Data>): BodyForm<Data> => ({
  wireType,
  terminal: true,
  schema,
});

/** A type as it is on the wire: without brands, and as deeply mutable as a parser's result. */
export type Plain<T> = T extends string
  ? string extends T ? string : T extends { readonly __brand: unknown } ? string : T
  : T extends number
    ? T extends { readonly __brand: unknown } ? number : T
    : T extends readonly (infer Item)[]
      ? Plain<Item>[]
      : T extends object
        ? { -readonly [Key in keyof T]: Plain<T[Key]> }
        : T; // prettier-ignore
