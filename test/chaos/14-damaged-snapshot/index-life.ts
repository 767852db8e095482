import { InMemoryJournalStore, type InMemoryJournalServer, type LogHead, type ResumePoint } from '@openclaw/event-log';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';
import { CodeIndex, type KeptIndex } from '../../../apps/validator/src/code-index/code-index';
import { SnapshotFolder } from '../../../apps/validator/src/code-index/snapshot/snapshot-folder';
import type { SnapshotSeal } from '../../../apps/validator/src/code-index/snapshot/snapshot-seal';

const BOUND_MS = 1000;
const NEVER_MS = 2 ** 30;

export interface LifeOptions {
  readonly server: InMemoryJournalServer;
  /** Undefined: it keeps nothing and replays from the first record. */
  readonly folder: string | undefined;
  readonly seal: SnapshotSeal;
  /** Where a mutant gets at what the log is opened with. */
  readonly twist?: (resume: ResumePoint, server: InMemoryJournalServer) => Promise<ResumePoint>;
}

/** One life of a validator's code index, from its start to its end, wired as the validator wires it. */
export class IndexLife {
  private constructor(
    readonly index: CodeIndex,
    /** Why its snapshot was thrown away; undefined when it was not. */
    readonly thrownAway: string | undefined,
    /** Position that it began at; -1 = the first record. */
    readonly beganAfter: number,
    private readonly open: { readonly fresh: FreshLog; readonly store: InMemoryJournalStore; readonly snapshots: SnapshotFolder | undefined },
  ) {} // prettier-ignore

  static async start({ server, folder, seal, twist }: LifeOptions): Promise<IndexLife> {
    const store = new InMemoryJournalStore(server);
    let thrownAway: string | undefined;
    const warn = (facts: object): void => void (thrownAway = 'reason' in facts ? String(facts.reason) : '');
    const logger = { info: () => undefined, warn, error: warn };
    const openIndex = async (kept?: KeptIndex, resume?: ResumePoint) => {
      const twisted = resume === undefined ? undefined : ((await twist?.(resume, server)) ?? resume);
      const options = { source: 'validator-1', role: 'reader', boundMs: BOUND_MS } as const;
      const fresh = await openFreshLog(store, { ...options, ...(twisted === undefined ? {} : { resume: twisted }) });
      const its = kept === undefined || twisted === undefined ? kept : { ...kept, head: twisted.head };
      const index = new CodeIndex(fresh.log, its);
      return { fresh, index, beganAfter: index.applied().position };
    };
    const config = { folder: folder ?? '', everyMs: NEVER_MS };
    const snapshots =
      folder === undefined ? undefined : await SnapshotFolder.open(config, { instance: 'validator-1', seal, logger });
    const { fresh, index, beganAfter } = await (snapshots?.resume(openIndex) ?? openIndex());
    await index.caughtUp(AbortSignal.timeout(60_000));
    return new IndexLife(index, thrownAway, beganAfter, { fresh, store, snapshots });
  }

  /** The digest of its state at the end of the log. */
  async digestAt({ position }: LogHead): Promise<string> {
    await this.index.reached(position, AbortSignal.timeout(60_000));
    return (await this.index.digest()).digest;
  }

  /** Ends in order, with a last snapshot, or as if it had been killed. */
  async end(how: 'in order' | 'killed'): Promise<void> {
    const { fresh, store, snapshots } = this.open;
    await this.index.close();
    if (how === 'in order') await snapshots?.close(this.index);
    await fresh.close();
    await store.close();
  }
}
