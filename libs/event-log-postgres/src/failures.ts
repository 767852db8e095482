import { DatabaseError } from 'pg';
import { RequestTimedOut } from './limit';

/** The connection could not be made or broke; what was asked on it may have happened. Retry. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** A standby answered: it may lag and never takes an append. Wait for the primary. */
export class StandbyAnswered extends Error {
  override readonly name = 'StandbyAnswered';
}

/** Another server, another timeline or another store stands at the address: not the history that was read so far. */
export class HistoryReplaced extends Error {
  override readonly name = 'HistoryReplaced';
}

/**
 * Classes of SQLSTATE that waiting may repair (PostgreSQL appendix A): connection exceptions, rollbacks forced by
 * concurrency, insufficient resources (disk full, too many connections), operator intervention (shutdown, start-up).
 */
const TRANSIENT_CLASSES = new Set(['08', '40', '53', '57']);
/** Read-only transaction (a primary that became a standby), lock not available. */
const TRANSIENT_STATES = new Set(['25006', '55P03']);

/** Whether a reader should wait and ask again. What is not known to pass by itself is not waited for. */
export const isTransient = (error: unknown): boolean => {
  if (error instanceof DatabaseError) {
    const state = error.code ?? '';
    return TRANSIENT_CLASSES.has(state.slice(0, 2)) || TRANSIENT_STATES.has(state);
  }
  return error instanceof ConnectionLost || error instanceof RequestTimedOut || error instanceof StandbyAnswered;
};

/** 50 ms, doubling to 2 s, with jitter so that many readers do not return at once. */
export const backoffMs = (attempt: number): number => {
  const ms = Math.min(50 * 2 ** Math.min(attempt, 6), 2000);
  return ms / 2 + Math.random() * (ms / 2);
};
