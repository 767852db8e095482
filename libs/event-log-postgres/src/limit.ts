/** The store did not answer within `requestTimeoutMs`; its connection was given up. The outcome is unknown; retry. */
export class RequestTimedOut extends Error {
  override readonly name = 'RequestTimedOut';
}

/**
 * Runs `work` with a signal that aborts after `ms`, or with any of `ends`. The work must obey it: whoever holds a
 * connection destroys it then, which is the one way to get away from a server that stopped answering.
 */
export const withinLimit = async <T>(
  ms: number,
  ends: readonly AbortSignal[],
  work: (limit: AbortSignal) => Promise<T>,
): Promise<T> => {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new RequestTimedOut(`no answer within ${Math.round(ms)} ms`)), ms);
  const detach = ends.map((end) => onAbort(end, () => limit.abort(end.reason)));
  try {
    return await work(limit.signal);
  } finally {
    clearTimeout(timer);
    for (const off of detach) off();
  }
};

/** Calls `act` when `signal` aborts, never before this returns; the result takes the listener away. */
export const onAbort = (signal: AbortSignal, act: () => void): (() => void) => {
  if (signal.aborted) queueMicrotask(act);
  else signal.addEventListener('abort', act, { once: true });
  return () => signal.removeEventListener('abort', act);
};

/** Waits `ms`, or until `signal` aborts, and leaves no timer behind. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      detach();
      resolve();
    };
    const timer = setTimeout(finish, ms);
    const detach = onAbort(signal, finish);
  });
