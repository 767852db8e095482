import { availableParallelism } from 'node:os';
import type { Check, Outcome } from './check';
import { runCheck } from './run-check';
import { ensureSpin } from './spin-tools';

/**
 * Starts all checks in the order given, as many at a time as there are cores, and hands back a promise for each by its
 * name. Installs spin and gcc first; when it cannot, every promise rejects with what to do.
 */
export const startChecks = (
  checks: readonly Check[],
  atOnce: number = availableParallelism(),
): ReadonlyMap<string, Promise<Outcome>> => {
  const waiting = checks.map((check) => ({ check, outcome: Promise.withResolvers<Outcome>() }));
  const promises = new Map(waiting.map(({ check, outcome }) => [check.name, outcome.promise]));
  // Nobody need ask for an outcome; whoever does hears of a failure.
  for (const promise of promises.values()) promise.catch(() => undefined);
  const ready = ensureSpin();
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { check, outcome } = next;
      await ready.then(() => runCheck(check)).then(outcome.resolve, outcome.reject);
    }
  };
  for (let i = 0; i < atOnce; i += 1) void worker();
  return promises;
};
