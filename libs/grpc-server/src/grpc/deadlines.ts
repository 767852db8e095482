/** What ends when its time has come. */
export interface Timed {
  /** On the clock of `performance.now`. */
  readonly deadlineMs: number;
  onDeadline(): void;
}

/** How late a deadline may be noticed: calls are answered in less, so that hardly any is ever looked at. */
const TICK_MS = 20;

/** Ends calls at their deadline. One timer looks at all that are in hand, instead of a timer for each. */
export class Deadlines {
  readonly #inHand = new Set<Timed>();
  #timer: NodeJS.Timeout | undefined;

  add(call: Timed): void {
    this.#inHand.add(call);
    this.#timer ??= setInterval(() => this.#look(), TICK_MS).unref();
  }

  delete(call: Timed): void {
    this.#inHand.delete(call);
  }

  #look(): void {
    if (this.#inHand.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const nowMs = performance.now();
    for (const call of this.#inHand) {
      if (call.deadlineMs > nowMs) continue;
      this.#inHand.delete(call);
      call.onDeadline();
    }
  }
}
