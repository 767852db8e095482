import { type Milliseconds, type UnixMs, elapsed } from '../shared/time';

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
  const until = (refusal.at + rule.windowMs) as UnixMs;
  if (history.alertedUntil !== null && refusal.at < history.alertedUntil) return [{ refusals: [], alertedUntil: until }, undefined];
  const recent = [...history.refusals.filter((one) => elapsed(one.at, refusal.at) < rule.windowMs), refusal];
  const [first] = recent;
  if (first === undefined || recent.length < rule.refusalsMin) return [{ refusals: recent, alertedUntil: null }, undefined];
  const alert: RefusalAlert = { rule: 'repeated-refusals', entity, firstAt: first.at, lastAt: refusal.at, evidence: recent };
  return [{ refusals: [], alertedUntil: until }, alert];
};
