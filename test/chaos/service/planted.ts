/** Faults and mutants of one service process. They are planted from outside, so that the product knows nothing of them. */
export interface Planted {
  /** Name of a mutant of `mutants.ts`; undefined for the product as it is. */
  readonly mutant?: string | undefined;
  /** Every flush of the usage spool takes so much longer: a slow disk, and decisions that are half made. */
  readonly slowDiskMs?: number;
}

/** The variable with which a process is told what is planted in it, as JSON. */
export const PLANTED = 'OPENCLAW_CHAOS_PLANTED';

/** From now on the wall clock is off by this much, and by so many percent of the time that passes. */
export interface WallFault {
  readonly wallOffMs: number;
  readonly driftPercent?: number;
  /** Whenever the process goes on after a second without a look at the clock, it is put back by so much. */
  readonly backAfterPauseMs?: number;
}

/** What a process with planted faults tells: when it looked at the clock for the second time, for a use it then allowed. */
export interface SecondLook {
  readonly requestId: string;
  /** On the one monotonic clock of the host. */
  readonly lookedAtMs: number;
}

/** Asks for a snapshot of the heap in a file; answered with the same message when it is written. */
export interface HeapSnapshot {
  readonly heapSnapshot: string;
}
