import type { Reread } from './reread';

/** What a client was told about one append. Times are the host's monotonic clock in ms, the same for all processes. */
export interface Told {
  readonly client: string;
  readonly stream: string;
  readonly id: string;
  readonly terminal: boolean;
  readonly beganMs: number;
  readonly endedMs: number;
  /** `not-done` = a conflict or "failed"; `unknown` = retry with the same idempotency key. */
  readonly outcome: 'appended' | 'not-done' | 'unknown';
  readonly position?: number;
}

export const hostMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** I7: what was acknowledged is accepted exactly once, where the client was told; the log itself has no hole. */
export const acknowledgedIsKept = (told: readonly Told[], log: Reread): string[] => {
  const violations = [...log.faults];
  for (const one of told) {
    if (one.outcome !== 'appended') continue;
    const found = log.accepted.get(one.id) ?? [];
    if (found.length !== 1) violations.push(`I7: ${one.id} was acknowledged and is accepted ${found.length} times`);
    else if (one.position !== undefined && found[0]?.position !== one.position) {
      violations.push(`I7: ${one.id} was acknowledged at ${one.position} and is at ${found[0]?.position}`);
    }
  }
  return violations;
};

/** I14: nothing reported as not done is accepted. */
export const notDoneStaysUndone = (told: readonly Told[], log: Reread): string[] =>
  told
    .filter((one) => one.outcome === 'not-done' && log.accepted.has(one.id))
    .map(
      (one) => `I14: ${one.id} was reported as not done and is accepted at ${log.accepted.get(one.id)?.[0]?.position}`,
    );

/** I12: who began after an answer got a later position than that answer; after a revocation nothing changes a stream. */
export const answersAreMonotonic = (told: readonly Told[]): string[] => {
  const violations: string[] = [];
  const done = told.filter((one) => one.outcome === 'appended' && one.position !== undefined);
  const ends = [...done].sort((a, b) => a.endedMs - b.endedMs);
  const revoked = new Map<string, Told>();
  let highest = -1;
  let next = 0;
  for (const one of [...done].sort((a, b) => a.beganMs - b.beganMs)) {
    for (let end = ends[next]; end !== undefined && end.endedMs < one.beganMs; end = ends[++next]) {
      highest = Math.max(highest, end.position ?? -1);
      if (end.terminal) revoked.set(end.stream, end);
    }
    if ((one.position ?? -1) <= highest) {
      violations.push(`I12: ${one.id} got ${one.position} after somebody had been answered ${highest}`);
    }
    if (revoked.has(one.stream)) violations.push(`I12: ${one.stream} changed at ${one.position} after its revocation`);
  }
  return violations;
};

/** A violation names its invariant first: `I7: ...`. */
export const heldBy = (invariants: readonly string[], violations: readonly string[]): Record<string, boolean> =>
  Object.fromEntries(invariants.map((name) => [name, !violations.some((one) => one.startsWith(`${name}:`))]));
