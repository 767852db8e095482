/** What is kept for peers over all connections: unfinished messages, and answers that wait to be read. */
export class HeldBytes {
  #held = 0;

  constructor(private readonly max: number) {}

  get held(): number {
    return this.#held;
  }

  /** False, and nothing is taken: the server holds as much as it may. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.max) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
