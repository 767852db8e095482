import { STATIC_TABLE } from './static-table';

const INDEX_OF_NAME = new Map<string, number>();
const INDEX_OF_FIELD = new Map<string, number>();
for (const [index, [name, value]] of STATIC_TABLE.entries()) {
  if (!INDEX_OF_NAME.has(name)) INDEX_OF_NAME.set(name, index + 1);
  if (value !== '') INDEX_OF_FIELD.set(`${name} ${value}`, index + 1);
}

/**
 * A header block that says the same on every connection: fields of the static table by number, others as literals that
 * no table takes up. So a block is encoded once and sent for ever. Names in lower case; values are bytes as characters.
 */
export const encodeHeaders = (fields: readonly (readonly [name: string, value: string])[]): Buffer =>
  Buffer.concat(fields.map(([name, value]) => encodeField(name, value)));

const encodeField = (name: string, value: string): Buffer => {
  const field = INDEX_OF_FIELD.get(`${name} ${value}`);
  if (field !== undefined) return integer(field, 7, 0x80);
  const index = INDEX_OF_NAME.get(name) ?? 0;
  return Buffer.concat([integer(index, 4, 0), ...(index === 0 ? [text(name)] : []), text(value)]);
};

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([integer(bytes.length, 7, 0), bytes]);
};

/** RFC 7541 section 5.1. */
const integer = (value: number, prefix: number, flags: number): Buffer => {
  const mask = 2 ** prefix - 1;
  if (value < mask) return Buffer.of(flags | value);
  const bytes = [flags | mask];
  let rest = value - mask;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
};
