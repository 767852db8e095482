import { setTimeout as pause } from 'node:timers/promises';
import { type Journal, encodeOuterForm } from '@openclaw/event-log';
import type { Answer, AppendFn } from '../workload/clients';

/** MUTANT. What was not acknowledged in time was not done. */
export const failedOnUnknown =
  (journal: Journal): AppendFn =>
  (stream, revision, event) =>
    journal.append({ key: stream, value: encodeOuterForm(stream, revision, event) }).then(
      () => ({ outcome: 'appended' }),
      () => ({ outcome: 'not-done' }),
    );

/** MUTANT. A new command on a stream does not wait for the one before: it takes its place, and that one "was not done". */
export const secondWhileUnsettled = (journal: Journal): AppendFn => {
  const pending = new Map<string, (answer: Answer) => void>();
  return (stream, revision, event) => {
    pending.get(stream)?.({ outcome: 'not-done' });
    const answer = Promise.withResolvers<Answer>();
    pending.set(stream, answer.resolve);
    journal.append({ key: stream, value: encodeOuterForm(stream, revision, event) }).then(
      () => answer.resolve({ outcome: 'appended' }),
      () => pause(GIVE_UP_MS).then(() => answer.resolve({ outcome: 'unknown' })),
    );
    return answer.promise;
  };
};

/** Long after the operator's next command on the stream. */
const GIVE_UP_MS = 6_000;
