import type { LogHead, Position } from './event-log.port';

/**
 * What the event log needs from the freshness library (ARCHITECTURE section 7): a head before every answer, and a
 * proof of freshness by a write that is read back. The log calls it; it never calls the log.
 */
export interface Coordination {
  /**
   * Called once, after the log knows its id and before it appends anything. A writer's coordination has noted the end
   * c0 of the coordination journal before this resolves, so that its first head may say `covers: c0`.
   */
  start(log: { readonly logId: string; applied(): LogHead }): Promise<void>;

  /**
   * Resolves when a head with `position >= head.position` of this log is committed. One request in flight; a call
   * joins the next head. Never gives up while the store is unreachable; rejects only after `close`.
   */
  announce(head: LogHead): Promise<void>;

  /**
   * A position such that every head committed before this call is at or before it: writes a nonce, reads the
   * coordination journal without a hole until that nonce comes back, takes the maximum of all heads before it.
   */
  need(signal: AbortSignal): Promise<Position>;

  /** Ends reads and timers; pending calls reject. Resolves when nothing is left open. */
  close(): Promise<void>;
}
