import { CatchUpSubscription } from '@openclaw/consumers';
import { parseStream } from '@openclaw/contracts';
import { type EventLog, type FollowBatch, positionAt } from '@openclaw/event-log';
import { ApiError, type FollowedTopic } from '@openclaw/platform';

const STORE_MS = 2_000;

/** Which alerts there are: so that nobody closes one that was mistyped. Follows the alert topic in the background. */
export class KnownAlerts {
  readonly #uids = new Set<string>();
  readonly #partitions: { readonly log: EventLog; readonly subscription: CatchUpSubscription }[] = [];
  readonly #stop = new AbortController();

  constructor(private readonly topic: FollowedTopic) {
    for (const partition of topic.partitions) {
      partition.opened(this.#stop.signal).then(
        (log) => this.#follow(log),
        () => undefined, // closed first
      );
    }
  }

  /** Reads on before it says no. Throws `openclaw.log.unavailable` when the topic cannot be read to its end. */
  async knows(uid: string): Promise<boolean> {
    if (this.#uids.has(uid)) return true;
    const signal = AbortSignal.timeout(STORE_MS);
    await Promise.all(
      this.#partitions.map(async ({ log, subscription }) => {
        const { end } = await log.readiness(STORE_MS);
        if (end === undefined) throw new ApiError('openclaw.log.unavailable');
        await subscription.reached(positionAt(end), signal).catch(() => {
          throw new ApiError('openclaw.log.unavailable');
        });
      }),
    );
    return this.#uids.has(uid);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#partitions.map(({ subscription }) => subscription.stop()));
    await this.topic.close();
  }

  #follow(log: EventLog): void {
    const handle = (batch: FollowBatch): void => this.#fold(batch);
    this.#partitions.push({ log, subscription: new CatchUpSubscription({ log, after: 'beginning', handle }) });
  }

  #fold({ entries }: FollowBatch): void {
    for (const entry of entries) {
      const stream = entry.kind === 'event' ? parseStream(entry.event.stream) : undefined;
      if (stream?.kind === 'alert') this.#uids.add(stream.id);
    }
  }
}
