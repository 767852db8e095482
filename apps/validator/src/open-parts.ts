import { DEFAULT_TOPIC_POLICY, TOPIC, topicSpecs } from '@openclaw/contracts';
import { randomUUID } from 'node:crypto';
import type { Journal, JournalStore, ResumePoint } from '@openclaw/event-log';
import { type FreshLog, type LeaseKeeper, RenewalBook, openFreshLog } from '@openclaw/freshness';
import { type Logger, endProcessOnHalt } from '@openclaw/platform';
import { CodeIndex, type KeptIndex } from './code-index/code-index';
import { SnapshotFolder } from './code-index/snapshot/snapshot-folder';
import { snapshotSeal } from './code-index/snapshot/snapshot-seal';
import { DecisionWatch } from './observe-decisions/decision-watch';
import { observeValidator } from './observe-decisions/validator-metrics';
import { RedemptionLedger } from './redemption/redemption-ledger';
import { ValidatorStatus } from './status/validator-status';
import { type OpenUsage, openUsage } from './usage/open-usage';
import type { UsageRecorder } from './usage/usage-recorder';
import { ValidatorStanding } from './validate-code/standing';
import { ValidateCode } from './validate-code/validate-code';
import { ValidationApi } from './validate-code/validation-api';
import type { ValidatorConfig } from './validator.config';

/** The validator without its ports. */
export interface ValidatorParts {
  readonly index: CodeIndex;
  readonly keeper: LeaseKeeper;
  readonly standing: ValidatorStanding;
  readonly redemptions: RedemptionLedger;
  readonly usage: UsageRecorder;
  readonly validateCode: ValidateCode;
  readonly api: ValidationApi;
  readonly status: ValidatorStatus;
  /** Resolves when what earlier lives of this validator have left is on the log. */
  readonly drained: Promise<void>;
  /** Closes everything but the store: usage first, because it still has to be sent. */
  close(): Promise<void>;
}

export type PartsConfig = Pick<ValidatorConfig, 'boundMs' | 'usagePartitions' | 'usage' | 'pepper' | 'instance'> &
  Partial<Pick<ValidatorConfig, 'graceMaxMs'>> &
  Partial<Pick<ValidatorConfig, 'snapshots'>>;

const USAGE_CLOSE_MAX_MS = 4_000;
const CLAIM_TIMEOUT_MS = 3_000;

/**
 * Opens the validator on the log of `store`: reads the lifecycle topic to its end, then begins to hold a lease. Waits
 * while the store is unreachable or no issuer has opened the log; rejects when its settings are refused.
 */
export const openParts = async (store: JournalStore, config: PartsConfig, logger: Logger): Promise<ValidatorParts> => {
  const { boundMs, graceMaxMs = boundMs, usagePartitions, instance: source } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  await store.ensureTopics([specs.redemptions, specs.usage]);
  const snapshots = await openSnapshots(config, logger);
  const renewals = new RenewalBook();
  const openIndex = async (kept?: KeptIndex, resume?: ResumePoint) => {
    const options = { source, role: 'reader', boundMs, graceMaxMs, onHalt, listener: renewals } as const;
    const opened = await openFreshLog(store, resume === undefined ? options : { ...options, resume });
    return { fresh: opened, index: new CodeIndex(opened.log, kept) };
  };
  const { fresh, index } = await (snapshots?.resume(openIndex) ?? openIndex());
  index.ended.catch(onHalt);
  await index.caughtUp(new AbortController().signal);
  const held = await openHeld(store, config, { fresh, renewals, index, logger });
  snapshots?.keep(index);
  const redemptions = new RedemptionLedger({
    store,
    partitions: specs.redemptions.partitions,
    source,
    claimTimeoutMs: CLAIM_TIMEOUT_MS,
    onHalt,
  });
  const { keeper, standing } = held;
  const parts = { index, standing, redemptions, keeper, usage: held.usage.recorder };
  const watch = new DecisionWatch();
  const unobserve = observeValidator({ ...parts, watch });
  const validateCode = new ValidateCode({ ...parts, pepper: config.pepper, validator: source });
  return {
    ...parts,
    drained: held.usage.drained,
    validateCode,
    api: new ValidationApi({ ...parts, watch }, validateCode),
    status: new ValidatorStatus(parts),
    close: async () => {
      unobserve();
      held.usage.recorder.end();
      const left = await held.usage.close(AbortSignal.timeout(USAGE_CLOSE_MAX_MS));
      if (left > 0)
        logger.warn({ records: left }, 'usage records stay in the spool: the log did not take them in time');
      held.keeper.close();
      await redemptions.close();
      await index.close();
      await snapshots?.close(index);
      await fresh.close();
    },
  };
};

const openSnapshots = async ({ snapshots, pepper, instance }: PartsConfig, logger: Logger) =>
  snapshots === undefined
    ? undefined
    : SnapshotFolder.open(snapshots, { instance, seal: snapshotSeal(pepper.key), logger });

/** The lease and the usage records belong to one incarnation, and each needs the other. */
const openHeld = async (
  store: JournalStore,
  { usagePartitions, instance, usage: config }: PartsConfig,
  { fresh, renewals, index, logger }: HeldParts,
): Promise<{ readonly keeper: LeaseKeeper; readonly standing: ValidatorStanding; readonly usage: OpenUsage }> => {
  const journals: Journal[] = [];
  for (let partition = 0; partition < usagePartitions; partition += 1) {
    journals.push(await store.open(TOPIC.usage, partition));
  }
  const floor: { lastSequence: () => readonly number[] } = { lastSequence: () => [] };
  const lastSequence = (): readonly number[] => floor.lastSequence();
  const keeper = fresh.keepLease({ validator: instance, projection: index, lastSequence });
  const standing = new ValidatorStanding(keeper);
  const usage = await openUsage({
    config,
    producer: keeper.incarnation,
    validator: instance,
    journals,
    origin: { source: instance, newId: randomUUID, now: () => new Date() },
    renewals,
    firstLease: (signal) => standing.firstLease(signal),
    logger,
    onFatal: endProcessOnHalt(logger),
  });
  floor.lastSequence = () => usage.recorder.lastSequence();
  return { keeper, standing, usage };
};

interface HeldParts {
  readonly fresh: FreshLog;
  readonly renewals: RenewalBook;
  readonly index: CodeIndex;
  readonly logger: Logger;
}
