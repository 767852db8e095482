export const OWNER_ROLE = 'openclaw_secrets_owner';
/** Reads, writes and empties rows; takes none away. */
export const USER_ROLE = 'openclaw_secrets_user';
export const DEFAULT_SCHEMA = 'openclaw_secrets';

/** A name that needs no quotes anywhere, so that it can stand in SQL text. Throws `TypeError` for any other. */
export const plainIdentifier = (name: string): string => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new TypeError('a schema or login is named with a-z, 0-9 and _');
  return name;
};
