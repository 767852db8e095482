import type { Journal, JournalStore, LogHalted, TopicSpec } from '@openclaw/event-log';
import type { LeaseKeeper, LeaseKeeperOptions } from '../src/lease-keeper';
import { type FreshLog, openFreshLog } from '../src/open-fresh-log';
import { FollowedProjection } from './followed-projection';
import { GatedJournal } from './gated-journal';
import { ManualTime } from './manual-time';
import type { StoreUnderTest } from './store-under-test';

/** L of the contract's validators: manual time, so its size means nothing. */
export const BOUND_MS = 10_000;

/** One process on a store: its own connection, clocks, log, and gates in front of both journals. */
export class FreshProcess {
  readonly #projections: FollowedProjection[] = [];

  private constructor(
    readonly fresh: FreshLog,
    readonly time: ManualTime,
    readonly halts: readonly LogHalted[],
    private readonly journals: { readonly lifecycle: GatedJournal; readonly coordination: GatedJournal },
  ) {}

  static async open(
    under: StoreUnderTest,
    role: 'writer' | 'reader',
    name: string = role,
    graceMaxMs = BOUND_MS,
  ): Promise<FreshProcess> {
    const [time, halts]: [ManualTime, LogHalted[]] = [new ManualTime(), []];
    const store = new GatingStore(await under.connect());
    const { lifecycleTopic, coordinationTopic } = under;
    const onHalt = (reason: LogHalted): number => halts.push(reason);
    const fresh = await openFreshLog(store, {
      source: name, role, boundMs: BOUND_MS, graceMaxMs, lifecycleTopic, coordinationTopic, time, onHalt,
    }); // prettier-ignore
    const [lifecycle, coordination] = [store.opened(lifecycleTopic), store.opened(coordinationTopic)];
    return new FreshProcess(fresh, time, halts, { lifecycle, coordination });
  }

  get lifecycle(): GatedJournal {
    return this.journals.lifecycle;
  }

  get coordination(): GatedJournal {
    return this.journals.coordination;
  }

  /** A projection of this process's log, with a lease for decisions made from it. */
  validator(options: Partial<LeaseKeeperOptions> = {}): { keeper: LeaseKeeper; projection: FollowedProjection } {
    const projection = new FollowedProjection(this.fresh.log);
    this.#projections.push(projection);
    const keeper = this.fresh.keepLease({ validator: 'validator', ...options, projection });
    return { keeper, projection };
  }

  async close(): Promise<void> {
    for (const gate of [this.lifecycle.reads, this.lifecycle.appends]) gate.open();
    for (const gate of [this.coordination.reads, this.coordination.appends]) gate.open();
    for (const projection of this.#projections) await projection.close();
    await this.fresh.close();
  }
}

class GatingStore implements JournalStore {
  readonly #opened = new Map<string, GatedJournal>();

  constructor(private readonly inner: JournalStore) {}

  get kind(): string {
    return this.inner.kind;
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.inner.ensureTopics(topics);
  }

  async open(topic: string, partition?: number): Promise<Journal> {
    const gated = new GatedJournal(await this.inner.open(topic, partition));
    this.#opened.set(topic, gated);
    return gated;
  }

  opened(topic: string): GatedJournal {
    const gated = this.#opened.get(topic);
    if (gated === undefined) throw new Error(`${topic} was not opened`);
    return gated;
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
