/** How many entities are folded between two sweeps, at least. */
const SWEEP_EVERY = 10_000;

/** What a rule remembers of each entity; forgets what is too old to matter, so that memory follows the traffic. */
export class Histories<History> {
  readonly #byEntity = new Map<string, History>();
  #untilSweep = SWEEP_EVERY;

  constructor(
    private readonly initial: History,
    /** Until when a history matters, before its `keptMs`: Unix time in milliseconds. */
    private readonly lastAt: (history: History) => number,
  ) {}

  get size(): number {
    return this.#byEntity.size;
  }

  /** What lies `keptMs` back can take part in no incident any more. */
  fold<Alert>(
    entity: string,
    { at, keptMs }: { readonly at: number; readonly keptMs: number },
    step: (history: History) => readonly [History, Alert],
  ): Alert {
    const [history, alert] = step(this.#byEntity.get(entity) ?? this.initial);
    this.#byEntity.set(entity, history);
    this.#untilSweep -= 1;
    if (this.#untilSweep <= 0) this.#forgetBefore(at - keptMs);
    return alert;
  }

  #forgetBefore(at: number): void {
    for (const [entity, history] of this.#byEntity) if (this.lastAt(history) < at) this.#byEntity.delete(entity);
    this.#untilSweep = Math.max(SWEEP_EVERY, this.#byEntity.size);
  }
}
