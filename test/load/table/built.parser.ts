/** What a process says of the table that it built. */
export interface Built {
  readonly codes: number;
  readonly buildMs: number;
  /** Longest turn of the loop, milliseconds of processor time of its thread. */
  readonly worstStallMs: number;
  readonly p999StallMs: number;
  /** Longest turn as the clock on the wall tells it. */
  readonly worstWallMs: number;
  /** Longest pause by the collection of garbage; part of a stall. */
  readonly worstCollectionMs: number;
  /** Resident set, less that before the first code. */
  readonly residentBytes: number;
  readonly digestOk: boolean;
}

/** The last line that it printed. */
export const parseBuilt = (stdout: string): Built => {
  const built = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Built;
  if (!built.digestOk) throw new Error('a table that answers wrongly was measured');
  return built;
};
