import { parseIp } from '@openclaw/domain';

export interface GuessLimitOptions {
  /** So many wrong tokens in a row are nobody's business. */
  readonly burst?: number;
  /** Then one more each so many milliseconds. */
  readonly refillMs?: number;
  /** Sources that are remembered; the one that was quiet the longest is forgotten first. */
  readonly sourcesMax?: number;
  readonly nowMs?: () => number;
}

/**
 * Counts wrong tokens by source, so that nobody can try many: a source that has spent its tries is refused before its
 * token is looked at, right or wrong, or the limit would only slow down wrong guesses. Memory is bounded. Per process:
 * n replicas allow n times as much, which is nothing against 256 bits.
 */
export class GuessLimit {
  /** Tries spent, and when that was so; what has been refilled since is taken off when it is looked at. */
  readonly #spent = new Map<string, { readonly tries: number; readonly atMs: number }>();
  readonly #burst: number;
  readonly #refillMs: number;
  readonly #sourcesMax: number;
  readonly #nowMs: () => number;

  constructor({ burst = 10, refillMs = 6_000, sourcesMax = 10_000, nowMs }: GuessLimitOptions = {}) {
    this.#burst = burst;
    this.#refillMs = refillMs;
    this.#sourcesMax = sourcesMax;
    this.#nowMs = nowMs ?? (() => performance.now());
  }

  /** Has this source no try left? */
  refuses(source: string): boolean {
    return this.#triesOf(sourceKey(source)) > this.#burst - 1;
  }

  /** A wrong token came from this source. */
  failed(source: string): void {
    const key = sourceKey(source);
    const tries = Math.min(this.#triesOf(key) + 1, this.#burst);
    this.#spent.delete(key); // to the end of the order: the oldest entry is the one that was quiet the longest
    this.#spent.set(key, { tries, atMs: this.#nowMs() });
    for (const oldest of this.#spent.keys()) {
      if (this.#spent.size <= this.#sourcesMax) break;
      this.#spent.delete(oldest);
    }
  }

  /** How many sources are remembered. */
  get size(): number {
    return this.#spent.size;
  }

  #triesOf(key: string): number {
    const known = this.#spent.get(key);
    return known === undefined ? 0 : Math.max(0, known.tries - (this.#nowMs() - known.atMs) / this.#refillMs);
  }
}

/** An IPv6 host has a whole /64 to call from: that is one source. */
const sourceKey = (source: string): string => {
  const ip = parseIp(source);
  return ip?.family === 6 ? `${ip.groups.slice(0, 4).join(':')}/64` : source;
};
