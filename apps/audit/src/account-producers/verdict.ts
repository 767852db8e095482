import type { ProducerMarks, ProducerRenewal } from './producers.port';

/**
 * `complete`: closed, and everything up to its last number is there. `open`: it goes on. `unaccounted`: silent for an
 * hour, or ended short of what it must have recorded; somebody has to look. `lost`: a named hole, for ever.
 */
export type Verdict = 'complete' | 'open' | 'unaccounted' | 'lost';
export const VERDICTS = ['complete', 'open', 'unaccounted', 'lost'] as const satisfies readonly Verdict[];

/** What was decided in this time may be missing. */
export interface HoleWindow {
  readonly from: Date;
  readonly to: Date;
}

export interface PartitionAccount {
  readonly partition: number;
  readonly verdict: Verdict;
  /** Numbers up to this one are on the log. */
  readonly recorded: number;
  /** Numbers up to this one were given, as far as renewals have told. */
  readonly floor: number;
  /** What its end says; null while it has none. */
  readonly last: number | null;
  /** Null when nothing can be missing. */
  readonly window: HoleWindow | null;
}

/** Silence after which a producer is unaccounted. A living one renews every few seconds. */
export const SILENT_MS = 3_600_000;

type Marks = Omit<ProducerMarks, 'producer'>;

/** Judges one partition of a producer by what the log holds and by what its renewals said; pure. */
export const accountOf = (marks: Marks, renewal: ProducerRenewal | undefined, nowMs: number): PartitionAccount => {
  const { partition, recorded, closed } = marks;
  const floor = renewal?.lastSequence[partition] ?? 0;
  const judged = judge({ ...marks, floor }, renewal, nowMs);
  const account = { partition, recorded, floor, last: closed === null ? null : closed.last };
  return { ...account, verdict: judged.verdict, window: windowUpTo(judged.missingUntil, marks, renewal) };
};

interface Judged {
  readonly verdict: Verdict;
  /** Undefined when nothing can be missing. */
  readonly missingUntil?: Date;
}

const judge = (
  { recorded, floor, closed, lost, lastAt }: Marks & { readonly floor: number },
  renewal: ProducerRenewal | undefined,
  nowMs: number,
): Judged => {
  if (lost !== null) return { verdict: 'lost', missingUntil: lost.to };
  if (closed !== null) {
    // Renewals go on until the process ends, and the record that closes has a number, too: the one after the last.
    const isWhole = recorded === closed.last && floor <= closed.last + 1;
    return isWhole ? { verdict: 'complete' } : { verdict: 'unaccounted', missingUntil: closed.at };
  }
  const heardMs = Math.max(timeOf(renewal?.heardAt), timeOf(lastAt));
  if (nowMs - heardMs < SILENT_MS) return { verdict: 'open' };
  // It decided nothing any more once the lease of its last renewal had ended.
  return { verdict: 'unaccounted', missingUntil: new Date(heardMs + (renewal?.boundMs ?? SILENT_MS)) };
};

const timeOf = (at: Date | null | undefined): number => at?.getTime() ?? 0;

/** Numbers are given in order: what is missing was decided after the last one that is there. */
const windowUpTo = (to: Date | undefined, { lastAt, lost }: Marks, renewal: ProducerRenewal | undefined) => {
  if (to === undefined) return null;
  const from = lastAt ?? renewal?.firstHeardAt ?? lost?.from ?? to;
  return { from, to: to > from ? to : from };
};

const WORST: readonly Verdict[] = ['lost', 'unaccounted', 'open', 'complete'];

/** The verdict on a whole: its worst part decides. Of nothing, everything is still open. */
export const worstOf = (verdicts: readonly Verdict[]): Verdict => WORST.find((one) => verdicts.includes(one)) ?? 'open';

/** The window that covers all of them; null when there is none. */
export const windowOf = (windows: readonly (HoleWindow | null)[]): HoleWindow | null => {
  const open = windows.filter((one) => one !== null);
  if (open.length === 0) return null;
  const [from, to] = [open.map((one) => one.from.getTime()), open.map((one) => one.to.getTime())];
  return { from: new Date(Math.min(...from)), to: new Date(Math.max(...to)) };
};
