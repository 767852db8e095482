interface Timed {
  readonly at: number;
}

interface Lane<Item> {
  readonly queue: Item[];
  /** Its end, as it was at the start, is read: from now on it holds up nobody. */
  isLive: boolean;
  /** Settles the batch in hand. */
  taken: PromiseWithResolvers<void>;
}

/**
 * Reads several partitions in the order of time. One source's refusals lie in the partitions of the codes it tried, and
 * a replay that read one partition after the other would see another course of events than the one that happened. So
 * while a partition has not been read to its end, nobody goes past it; afterwards records are taken as they come.
 */
export class TimeMerge<Item extends Timed> {
  readonly #lanes: ReadonlyMap<number, Lane<Item>>;
  #isTaking = false;
  #closed: Error | undefined;

  constructor(
    partitions: readonly number[],
    private readonly take: (item: Item) => Promise<void>,
  ) {
    const lane = (): Lane<Item> => ({ queue: [], isLive: false, taken: Promise.withResolvers() });
    this.#lanes = new Map(partitions.map((partition) => [partition, lane()]));
  }

  /** Resolves when every item of the batch was taken; rejects when `take` failed or `close` came first. */
  async offer(partition: number, items: readonly Item[], caughtUp: boolean): Promise<void> {
    const lane = this.#lanes.get(partition);
    if (lane === undefined) throw new RangeError(`partition ${partition} is none of this merge`);
    if (this.#closed !== undefined) throw this.#closed;
    lane.taken = Promise.withResolvers();
    lane.queue.push(...items);
    lane.isLive ||= caughtUp;
    if (lane.queue.length === 0) lane.taken.resolve();
    void this.#takeAll();
    await lane.taken.promise;
  }

  /** There is nothing in this partition yet: the others need not wait for it. */
  live(partition: number): Promise<void> {
    return this.offer(partition, [], true);
  }

  /** Rejects what is waiting with `reason`. */
  close(reason: Error): void {
    this.#closed ??= reason;
    for (const lane of this.#lanes.values()) {
      lane.taken.promise.catch(() => undefined);
      lane.taken.reject(this.#closed);
    }
  }

  async #takeAll(): Promise<void> {
    if (this.#isTaking) return;
    this.#isTaking = true;
    try {
      for (let lane = this.#next(); lane !== undefined; lane = this.#next()) {
        const [item] = lane.queue;
        if (item !== undefined) await this.take(item);
        lane.queue.shift();
        if (lane.queue.length === 0) lane.taken.resolve();
      }
    } catch (error) {
      this.close(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.#isTaking = false;
    }
  }

  /** The lane with the oldest item; undefined when there is none, or when one that is not at its end has none yet. */
  #next(): Lane<Item> | undefined {
    if (this.#closed !== undefined) return undefined;
    let oldest: { readonly lane: Lane<Item>; readonly at: number } | undefined;
    for (const lane of this.#lanes.values()) {
      const [item] = lane.queue;
      if (item === undefined && !lane.isLive) return undefined;
      if (item !== undefined && (oldest === undefined || item.at < oldest.at)) oldest = { lane, at: item.at };
    }
    return oldest?.lane;
  }
}
