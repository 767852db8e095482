import type { Pool, PoolClient } from 'pg';
import { asStoreError, sqlState } from './store-errors';

/** Commits what `work` does, or nothing. */
export const inTransaction = (pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> =>
  withClient(pool, async (client) => {
    await client.query('BEGIN');
    try {
      await work(client);
      await client.query('COMMIT');
    } catch (error) {
      if (isAnswer(error)) await client.query('ROLLBACK');
      throw error;
    }
  });

/**
 * Work on one connection. It goes back to the pool only while it is known to be in step: after a time-out or a lost
 * socket it is cut at once, because a late answer would meet a statement that has given up.
 */
const withClient = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asStoreError(error);
  }
  const lost = (): void => undefined; // the statement in hand rejects; without a listener the event ends the process
  client.on('error', lost);
  const giveBack = (isInStep: boolean): void => {
    client.off('error', lost);
    client.release(!isInStep);
  };
  try {
    const result = await work(client);
    giveBack(true);
    return result;
  } catch (error) {
    giveBack(isAnswer(error));
    throw asStoreError(error);
  }
};

/** The server's own word, as opposed to a time-out or a broken connection. Class 57 and 08 end the session. */
const isAnswer = (error: unknown): boolean => {
  const state = sqlState(error);
  return state !== undefined && !/^(57P|08)/.test(state);
};
