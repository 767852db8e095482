import { type Milliseconds, type UnixMs, elapsed, unixMs } from '../shared/time';

/** X refused attempts within Y, by one entity (a code, or a source address). */
export interface RepeatedRefusalsRule {
  readonly refusalsMin: number;
  readonly windowMs: Milliseconds;
}

/** What of one entity is remembered: the newest refusals, and whether its present burst was alerted already. */
export interface RefusalHistory {
  readonly refusals: readonly Refusal[];
  readonly alertedUntil: UnixMs | null;
}

export interface Refusal {
  readonly at: UnixMs;
  /** Id of the usage event: evidence, and part of the alert's identity. */
  readonly eventId: string;
  readonly reason: string;
}

/** One alert per incident: an incident ends when a whole window passes without a refusal. */
export interface RefusalAlert {
  readonly rule: 'repeated-refusals';
  readonly entity: string;
  readonly firstAt: UnixMs;
  readonly lastAt: UnixMs;
  /** The refusals that made the rule fire, oldest first: the same at every replay, so the alert id is, too. */
  readonly evidence: readonly Refusal[];
}

export const NO_REFUSALS: RefusalHistory = { refusals: [], alertedUntil: null };

/** Folds one refusal of `entity`; pure, so a replay of the usage log gives the same alerts, byte for byte. */
export const foldRefusal = (
  rule: RepeatedRefusalsRule,
  entity: string,
  history: RefusalHistory,
  refusal: Refusal,
): readonly [RefusalHistory, RefusalAlert | undefined] => {
  // A refusal that arrives late must not end an incident early.
  const until = unixMs(Math.max(refusal.at + rule.windowMs, history.alertedUntil ?? 0));
  if (history.alertedUntil !== null && refusal.at < history.alertedUntil) {
    return [{ refusals: [], alertedUntil: until }, undefined];
  }
  const recent = newest([...history.refusals, refusal], rule.windowMs);
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || recent.length < rule.refusalsMin) {
    return [{ refusals: recent, alertedUntil: null }, undefined];
  }
  const times = { firstAt: first.at, lastAt: last.at };
  return [
    { refusals: [], alertedUntil: until },
    { rule: 'repeated-refusals', entity, ...times, evidence: recent },
  ];
};

/** Those within one window that ends at the newest, oldest first; one that arrives late takes its place in time. */
const newest = (refusals: readonly Refusal[], windowMs: Milliseconds): readonly Refusal[] => {
  const inOrder = refusals.toSorted((a, b) => a.at - b.at);
  const end = inOrder.at(-1)?.at;
  return end === undefined ? [] : inOrder.filter(({ at }) => elapsed(at, end) < windowMs);
};
