/** How many useless frames an answer that was given pays for: clients of gRPC send a few with each call. */
const EARNED_BY_WORK = 8;

/**
 * How much a peer may ask of us that is no work: PING, SETTINGS, RST_STREAM, PRIORITY, empty DATA, and faults of its
 * own. A bucket that refills with time and with answers that were given, so that a busy client is never cut off and one
 * that only makes us turn around (CVE-2023-44487, CVE-2019-9512, CVE-2019-9515, CVE-2025-8671) soon is.
 */
export class Allowance {
  #left: number;
  #asOfMs: number;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    nowMs: number,
  ) {
    this.#left = burst;
    this.#asOfMs = nowMs;
  }

  /** An answer was given. */
  earn(): void {
    this.#left = Math.min(this.burst, this.#left + EARNED_BY_WORK);
  }

  /** False: nothing is left. `nowMs` is on any clock that does not go back. */
  spend(nowMs: number): boolean {
    if (this.#left < 1) {
      this.#left = Math.min(this.burst, this.#left + ((nowMs - this.#asOfMs) * this.perSecond) / 1000);
      this.#asOfMs = nowMs;
    }
    this.#left -= 1;
    return this.#left >= 0;
  }
}
