/** A value of a table: nothing is an empty field. */
export type Field = string | number | boolean | null;

/** Text that a spreadsheet would take for a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /["\r\n,]/;

/**
 * One record of RFC 4180, with its line end. Text that looks like a formula gets an apostrophe before it, which
 * spreadsheets do not show: evidence must not run in the auditor's office.
 */
export const csvRecord = (fields: readonly Field[]): string => `${fields.map(csvField).join(',')}\r\n`;

const csvField = (field: Field): string => {
  if (field === null) return '';
  if (typeof field !== 'string') return String(field);
  const safe = FORMULA.test(field) ? `'${field}` : field;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
