import type { Scheduler } from './time.port';

/** Waits that end early, all at once and for good, when their owner does. */
export class Pause {
  readonly #running = new Set<() => void>();
  #ended = false;

  constructor(private readonly scheduler: Scheduler) {}

  for(delayMs: number): Promise<void> {
    if (this.#ended) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        this.#running.delete(finish);
        resolve();
      };
      const cancel = this.scheduler.after(delayMs, finish);
      this.#running.add(finish);
    });
  }

  end(): void {
    this.#ended = true;
    for (const finish of this.#running) finish();
  }
}
