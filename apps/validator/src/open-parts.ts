import { DEFAULT_TOPIC_POLICY, TOPIC, topicSpecs } from '@openclaw/contracts';
import { randomUUID } from 'node:crypto';
import type { JournalStore } from '@openclaw/event-log';
import { type FreshLog, type LeaseKeeper, openFreshLog } from '@openclaw/freshness';
import { type Logger, endProcessOnHalt } from '@openclaw/platform';
import { CodeIndex } from './code-index/code-index';
import { RedemptionLedger } from './redemption/redemption-ledger';
import { ValidatorStatus } from './status/validator-status';
import { UsageRecorder } from './usage/usage-recorder';
import { UsageSender } from './usage/usage-sender';
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
  /** Closes everything but the store: usage first, because it still has to be sent. */
  close(): Promise<void>;
}

export type PartsConfig = Pick<ValidatorConfig, 'boundMs' | 'usagePartitions' | 'pepper' | 'instance'>;

/** About 30 MB of usage records: what a log that does not answer may cost before uses are refused. */
const USAGE_BACKLOG_MAX = 50_000;
const USAGE_CLOSE_MAX_MS = 4_000;
const CLAIM_TIMEOUT_MS = 3_000;

/**
 * Opens the validator on the log of `store`: reads the lifecycle topic to its end, then begins to hold a lease. Waits
 * while the store is unreachable or no issuer has opened the log; rejects when its settings are refused.
 */
export const openParts = async (store: JournalStore, config: PartsConfig, logger: Logger): Promise<ValidatorParts> => {
  const { boundMs, usagePartitions, instance: source } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  await store.ensureTopics([specs.redemptions, specs.usage]);
  const fresh = await openFreshLog(store, { source, role: 'reader', boundMs, onHalt });
  const index = new CodeIndex(fresh.log);
  index.ended.catch(onHalt);
  await index.caughtUp(new AbortController().signal);
  const held = await openUsage(store, config, { fresh, index, logger });
  const redemptions = new RedemptionLedger({
    store,
    partitions: specs.redemptions.partitions,
    source,
    claimTimeoutMs: CLAIM_TIMEOUT_MS,
    onHalt,
  });
  const standing = new ValidatorStanding(held.keeper);
  const parts = { index, standing, redemptions, ...held };
  const validateCode = new ValidateCode({ ...parts, pepper: config.pepper, validator: source, boundMs });
  return {
    ...parts,
    validateCode,
    api: new ValidationApi(parts, validateCode),
    status: new ValidatorStatus(parts),
    close: async () => {
      const left = await held.usage.close(AbortSignal.timeout(USAGE_CLOSE_MAX_MS));
      if (left > 0) logger.error({ records: left }, 'usage records were lost: the log did not take them in time');
      held.keeper.close();
      await redemptions.close();
      await index.close();
      await fresh.close();
    },
  };
};

/** The lease and the usage records belong to one incarnation, and each needs the other. */
const openUsage = async (
  store: JournalStore,
  { usagePartitions, instance }: PartsConfig,
  { fresh, index, logger }: { readonly fresh: FreshLog; readonly index: CodeIndex; readonly logger: Logger },
): Promise<{ readonly keeper: LeaseKeeper; readonly usage: UsageRecorder }> => {
  const origin = { source: instance, newId: randomUUID, now: () => new Date() };
  const onTrouble = (reason: string): void => logger.warn({ reason }, 'usage records wait');
  const senders: UsageSender[] = [];
  for (let partition = 0; partition < usagePartitions; partition += 1) {
    senders.push(new UsageSender(await store.open(TOPIC.usage, partition), origin, onTrouble));
  }
  const floor: { lastSequence: () => readonly number[] } = { lastSequence: () => [] };
  const keeper = fresh.keepLease({
    validator: instance,
    projection: index,
    lastSequence: () => floor.lastSequence(),
  });
  const usage = new UsageRecorder({
    producer: keeper.incarnation,
    validator: instance,
    senders,
    backlogMax: USAGE_BACKLOG_MAX,
    nowMs: Date.now,
  });
  floor.lastSequence = () => usage.lastSequence();
  return { keeper, usage };
};
