import { type ProjectionStore, ProjectionRunner } from '@openclaw/consumers';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';
import type { FilledLog } from './filled-log';

export interface Projected {
  /** From the start of the runner on the open log to the last commit, in milliseconds. */
  readonly tookMs: number;
  /** Opening the log, which judges every record from the first on, in milliseconds. */
  readonly openMs: number;
  /** Rows of each commit. */
  readonly batches: readonly number[];
}

const BOUND_MS = 10_000;
const PATIENCE_MS = 300_000;

/** Opens the log as the audit service does and fills an empty projection from the first record to the last. */
export const projectLog = async (filled: FilledLog, store: ProjectionStore): Promise<Projected> => {
  const { topic: lifecycleTopic, coordinationTopic } = filled;
  const settings = { source: 'bench', role: 'reader', followersSetThePace: true, boundMs: BOUND_MS } as const;
  const startedMs = performance.now();
  const fresh = await openFreshLog(filled.store, { ...settings, lifecycleTopic, coordinationTopic });
  const openMs = performance.now() - startedMs;
  try {
    return { openMs, ...(await runToTheEnd(fresh, store)) };
  } finally {
    await fresh.close();
  }
};

const runToTheEnd = async ({ log }: FreshLog, store: ProjectionStore): Promise<Omit<Projected, 'openMs'>> => {
  const batches: number[] = [];
  const startedMs = performance.now();
  const runner = await ProjectionRunner.start({ log, store: counted(store, batches) });
  try {
    await runner.subscription.reached(log.head().position, AbortSignal.timeout(PATIENCE_MS));
    return { tookMs: performance.now() - startedMs, batches };
  } finally {
    await runner.stop();
  }
};

const counted = (store: ProjectionStore, batches: number[]): ProjectionStore => ({
  name: store.name,
  foldVersion: store.foldVersion,
  load: () => store.load(),
  refuses: (event) => store.refuses(event),
  reset: () => store.reset(),
  commit: async (batch) => {
    await store.commit(batch);
    batches.push(batch.apply.length);
  },
});
