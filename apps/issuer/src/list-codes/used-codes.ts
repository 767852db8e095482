import { CatchUpSubscription } from '@openclaw/consumers';
import { usageCodec } from '@openclaw/contracts';
import { type EventLog, type FollowBatch, positionAt } from '@openclaw/event-log';
import { ApiError, type FollowedTopic } from '@openclaw/platform';

/** How long a list waits for usage to be read to its end; then 503, and the next try finds more of it read. */
const WAIT_MS = 5_000;

/**
 * Which codes were ever allowed anything: what "never used" means in lists. Usage is the largest topic, so it is read
 * from the first question on and not before, in the background; from then on it is followed. Holds one id per used code.
 */
export class UsedCodes {
  readonly #ids = new Set<string>();
  readonly #stop = new AbortController();
  #topic: FollowedTopic | undefined;
  #partitions: Promise<readonly Followed[]> | undefined;

  /** `open` is called once, with the first question. */
  constructor(private readonly open: () => FollowedTopic) {}

  /** Ids of codes that were allowed something, of all usage up to now. Throws `openclaw.log.unavailable` (retry). */
  async upToDate(): Promise<ReadonlySet<string>> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(WAIT_MS)]);
    try {
      await Promise.all((await within(this.#followed(), signal)).map((one) => reachesEnd(one, signal)));
    } catch {
      throw new ApiError('openclaw.log.unavailable');
    }
    return this.#ids;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    const partitions = await this.#partitions?.catch(() => []);
    await Promise.all((partitions ?? []).map(({ subscription }) => subscription.stop()));
    await this.#topic?.close();
  }

  #followed(): Promise<readonly Followed[]> {
    this.#topic ??= this.open();
    const { partitions } = this.#topic;
    this.#partitions ??= Promise.all(
      partitions.map(async (partition) => this.#follow(await partition.opened(this.#stop.signal))),
    );
    return this.#partitions;
  }

  #follow(log: EventLog): Followed {
    const handle = (batch: FollowBatch): void => this.#fold(batch);
    return { log, subscription: new CatchUpSubscription({ log, after: 'beginning', handle }) };
  }

  #fold({ entries }: FollowBatch): void {
    for (const entry of entries) {
      if (entry.kind !== 'event') continue;
      const decoded = usageCodec.decode(entry.event.type, entry.event.data);
      if (!decoded.understood || decoded.event.type !== 'UsageDecided') continue;
      const { outcome, codeId } = decoded.event.data;
      if (outcome === 'allowed' && codeId !== undefined) this.#ids.add(codeId);
    }
  }
}

interface Followed {
  readonly log: EventLog;
  readonly subscription: CatchUpSubscription;
}

const reachesEnd = async ({ log, subscription }: Followed, signal: AbortSignal): Promise<void> => {
  const { end } = await log.readiness(WAIT_MS);
  if (end === undefined) throw new Error('the end of the topic is not known');
  await subscription.reached(positionAt(end), signal);
};

const within = <T>(outcome: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('not in time')), { once: true });
    outcome.then(resolve, reject);
  });
