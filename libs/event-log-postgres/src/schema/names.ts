/** Owns schema, tables and functions; nobody logs in as it, and no runtime login is a member of it. */
export const OWNER_ROLE = 'openclaw_log_owner';
/** May read every journal and call `append`; which topics a login may append to is a row of `append_rights`. */
export const WRITER_ROLE = 'openclaw_log_writer';
export const DEFAULT_SCHEMA = 'openclaw_log';

/** `append_rights.topic` of a login that may append to every topic. */
export const EVERY_TOPIC = '*';

/** PostgreSQL cuts longer identifiers silently (NAMEDATALEN 64), and one name must stay one name. */
const IDENTIFIER = /^[a-z_][a-z0-9_]{0,62}$/;

/** A name that needs no quotes anywhere, so that it can stand in SQL text. Throws `TypeError` for any other. */
export const plainIdentifier = (name: string): string => {
  if (!IDENTIFIER.test(name)) throw new TypeError(`not a plain identifier of a-z, 0-9 and _: ${JSON.stringify(name)}`);
  return name;
};
