import { StoreUnavailable } from '@openclaw/consumers';

/**
 * SQLSTATE classes after which the same statement may work later: connection (08), resources such as a full disk (53, 58),
 * operator intervention such as a restart (57), serialisation and deadlock (40), read-only (25006), locks (55P03), a
 * table or a right that is missing (42), faults of the server (XX). Everything else is about the rows themselves. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const MAY_WORK_LATER = /^(08|53|57|40|42|58|25006|55P03|XX)/;

/** `StoreUnavailable` when waiting may help, else the error as it is: something in the rows cannot be stored. */
export const asStoreError = (error: unknown): Error => {
  const code = sqlState(error);
  if (code !== undefined && !MAY_WORK_LATER.test(code))
    return error instanceof Error ? error : new Error(String(error));
  return new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
};

/** Five characters; undefined for what never reached the server (sockets, time-outs). */
export const sqlState = (error: unknown): string | undefined => {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
};
