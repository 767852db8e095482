import type { RenewalBook } from '@openclaw/freshness';
import { renewalOf } from './renewals-keeper';
import type { KnownProducer, ProducerMarks, ProducerRenewal, ProducersQuery, ProducersView } from './producers.port';
import { type HoleWindow, type PartitionAccount, type Verdict, accountOf, windowOf, worstOf } from './verdict';

/** One producer, judged. */
export interface ProducerAccount extends KnownProducer {
  readonly verdict: Verdict;
  /** Null when nothing can be missing. */
  readonly window: HoleWindow | null;
  /** Where its records are kept before the answer; null while its opening is not on the log. */
  readonly durability: string | null;
  /** Its last renewal; null when none is known. */
  readonly heardAt: Date | null;
  readonly partitions: readonly (PartitionAccount & { readonly openedPosition: number | null })[];
}

const PAGE = 200;

/** Says of each producer whether everything that it has recorded is there (ARCHITECTURE section 8). */
export class ProducerAccounts {
  constructor(
    private readonly view: ProducersView,
    private readonly renewals: RenewalBook,
    private readonly nowMs: () => number,
  ) {}

  /** At most `limit` producers in order of time, after `after`. Rejects with `StoreUnavailable`. */
  async list(
    query: ProducersQuery & { readonly verdict?: Verdict | undefined },
    after: KnownProducer | undefined,
    limit: number,
  ): Promise<readonly ProducerAccount[]> {
    const found: ProducerAccount[] = [];
    for await (const account of this.#each(query, after)) {
      if (query.verdict !== undefined && account.verdict !== query.verdict) continue;
      found.push(account);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Every producer, in order of time; memory holds one page. */
  all(): AsyncIterable<ProducerAccount> {
    return this.#each({}, undefined);
  }

  async *#each(query: ProducersQuery, after: KnownProducer | undefined): AsyncGenerator<ProducerAccount> {
    for (let last = after; ;) {
      const page = await this.view.list(query, last, PAGE);
      yield* await this.#judged(page);
      last = page.at(-1);
      if (page.length < PAGE) return;
    }
  }

  async #judged(page: readonly KnownProducer[]): Promise<readonly ProducerAccount[]> {
    const names = page.map(({ producer }) => producer);
    const [marks, kept] = await Promise.all([this.view.marks(names), this.view.renewals(names)]);
    const marksOf = Map.groupBy(marks, ({ producer }) => producer);
    const keptOf = new Map(kept.map((one) => [one.producer, one]));
    return page.map((known) => {
      const heard = this.renewals.of(known.producer);
      const renewal = heard === undefined ? keptOf.get(known.producer) : renewalOf(heard);
      return judged(known, marksOf.get(known.producer) ?? [], renewal, this.nowMs());
    });
  }
}

const judged = (
  known: KnownProducer,
  marks: readonly ProducerMarks[],
  renewal: ProducerRenewal | undefined,
  nowMs: number,
): ProducerAccount => {
  const partitions = [...marks, ...unopened(marks, renewal)].map((one) => ({
    ...accountOf(one, renewal, nowMs),
    openedPosition: one.openedPosition,
  }));
  return {
    ...known,
    verdict: worstOf(partitions.map(({ verdict }) => verdict)),
    window: windowOf(partitions.map(({ window }) => window)),
    durability: marks.find(({ durability }) => durability !== null)?.durability ?? null,
    heardAt: renewal?.heardAt ?? null,
    partitions,
  };
};

/** Partitions that renewals speak of and the log does not yet: their records are all in the spool, or lost with it. */
const unopened = (marks: readonly ProducerMarks[], renewal: ProducerRenewal | undefined) => {
  const there = new Set(marks.map(({ partition }) => partition));
  const nothing = {
    openedPosition: null,
    openedAt: null,
    durability: null,
    recorded: 0,
    lastAt: null,
    closed: null,
    lost: null,
  };
  return (renewal?.lastSequence ?? []).flatMap((last, partition) =>
    last === 0 || there.has(partition) ? [] : [{ ...nothing, partition }],
  );
};
