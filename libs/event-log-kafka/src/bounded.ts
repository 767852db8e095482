import { setTimeout as sleep } from 'node:timers/promises';

/** The store did not answer in time. What was asked may still happen. */
export class KafkaTimeout extends Error {
  override readonly name = 'KafkaTimeout';
}

/**
 * The outcome of `work`, or `KafkaTimeout` after `ms`, or the reason of `signal` when it aborts first. The work itself
 * goes on: kafkajs cannot be interrupted, so the caller cuts its sockets.
 */
export const bounded = <T>(work: Promise<T>, ms: number, what: string, signal?: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => settle(() => reject(signal?.reason));
    const timer = setTimeout(() => settle(() => reject(new KafkaTimeout(`${what}: no answer in ${ms} ms`))), ms);
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      outcome();
    };
    work.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
    if (signal?.aborted === true) onAbort();
    else signal?.addEventListener('abort', onAbort);
  });

const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 500;

/** Waits before attempt `attempt` (0 = the second try); rejects when `signal` aborts. Jitter keeps readers apart. */
export const backOff = (attempt: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.min(BACKOFF_FIRST_MS * 2 ** attempt, BACKOFF_MAX_MS) * (0.5 + Math.random() / 2), undefined, { signal });
