import { Socket } from 'node:net';
import { Client, DatabaseError } from 'pg';
import {
  SecretStoreClosed,
  SecretStoreUnavailable,
  SecretUnreadable,
  SecretVersionTaken,
} from '@openclaw/secret-store';

export interface CallLimits {
  readonly withinMs: number;
  readonly closed: AbortSignal;
}

/**
 * Runs `work` on a connection of its own. Secrets are read rarely, so a connection a call (some milliseconds) is cheap,
 * and there is nothing to keep alive, to share or to leak. A server that stopped answering is left behind by
 * destroying the socket. Rejects as `SecretStore.get` and `put` do.
 */
export const withClient = async <T>(
  url: string,
  limits: CallLimits,
  work: (client: Client) => Promise<T>,
): Promise<T> => {
  if (limits.closed.aborted) throw closedError();
  const socket = new Socket();
  const client = new Client({
    connectionString: url,
    application_name: 'openclaw-secrets',
    statement_timeout: limits.withinMs,
    stream: () => socket,
  });
  client.on('error', () => socket.destroy());
  const cut = (): void => void socket.destroy();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    cut();
  }, limits.withinMs);
  limits.closed.addEventListener('abort', cut, { once: true });
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if (limits.closed.aborted) throw closedError();
    if (late) throw new SecretStoreUnavailable(`the secret store did not answer within ${limits.withinMs} ms`);
    throw translated(error);
  } finally {
    clearTimeout(timer);
    limits.closed.removeEventListener('abort', cut);
    await goodbye(client, socket);
  }
};

const closedError = (): SecretStoreClosed => new SecretStoreClosed('the secret store is closed');

/** Without waiting for the server: it may be the one that does not answer. */
const goodbye = async (client: Client, socket: Socket): Promise<void> => {
  const gone = socket.closed ? undefined : new Promise((resolve) => socket.once('close', resolve));
  if (!socket.destroyed) void client.end().catch(() => undefined);
  socket.destroySoon();
  await gone;
};

/** Statements carry ciphertext only, so the words of server and driver hold no secret; verdicts of ours pass. */
const translated = (error: unknown): unknown => {
  if (error instanceof SecretVersionTaken || error instanceof SecretUnreadable) return error;
  const code = error instanceof DatabaseError ? ` (${error.code})` : '';
  return new SecretStoreUnavailable(`the secret store failed${code}: ${String(error)}`, { cause: error });
};
