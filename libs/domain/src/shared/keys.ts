/** The names of an object whose members are all known; for records that were built here, never for parsed input. */
export const keysOf = <Names extends string>(record: Readonly<Record<Names, unknown>>): readonly Names[] =>
  Object.keys(record) as Names[];
