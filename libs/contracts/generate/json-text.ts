/** A JSON value as prettier lays it out, so that a generated file passes the same check as a written one. */
export const jsonText = (value: unknown): string => `${layOut(value, '', 0)}\n`;

const LINE_WIDTH = 120;
const STEP = '  ';

/** `used` = characters that stand before the value on its line. */
const layOut = (value: unknown, indent: string, used: number): string => {
  if (Array.isArray(value)) return layOutArray(value, indent, used);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, its]) => its !== undefined);
  if (entries.length === 0) return '{}';
  const inner = indent + STEP;
  const lines = entries.map(([key, its]) => {
    const name = `${inner}${JSON.stringify(key)}: `;
    return name + layOut(its, inner, name.length + 1);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
};

/** Short lists of plain values stay on one line; everything else gets a line per item. */
const layOutArray = (items: readonly unknown[], indent: string, used: number): string => {
  if (items.every((item) => typeof item !== 'object' || item === null)) {
    const oneLine = `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (used + oneLine.length <= LINE_WIDTH) return oneLine;
  }
  const inner = indent + STEP;
  return `[\n${items.map((item) => inner + layOut(item, inner, inner.length)).join(',\n')}\n${indent}]`;
};
