import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventOrigin, Journal } from '@openclaw/event-log';
import type { Logger } from '@openclaw/platform';
import { leftSpools, lockFolder } from '@openclaw/usage-spool';
import { type Successor, drainLeft } from './left-producers';
import { type UsageDurability, SpooledUsage } from './spooled-usage';
import { UsageRecorder } from './usage-recorder';

export interface UsageConfig {
  /** Folder of all validators of this host; each has a folder of its name in it. */
  readonly spoolDir: string;
  readonly durability: UsageDurability;
  readonly bytesMax: number;
}

export interface UsageOrder {
  readonly config: UsageConfig;
  /** Incarnation of the validator. */
  readonly producer: string;
  readonly validator: string;
  readonly journals: readonly Journal[];
  readonly origin: EventOrigin;
  readonly logger: Logger;
  /** The disk failed: the process must end. */
  readonly onFatal: (reason: Error) => void;
}

export interface OpenUsage {
  readonly recorder: UsageRecorder;
  /** Resolves when everything that producers before this one have left is on the log. */
  readonly drained: Promise<void>;
  /** Resolves with the number of records that stay for the successor. */
  close(signal: AbortSignal): Promise<number>;
}

/**
 * Opens the usage records of one validator: takes its folder (rejects with `FolderTaken` while another process has it),
 * sends in the background what its predecessors have left, and begins a producer of its own.
 */
export const openUsage = async (order: UsageOrder): Promise<OpenUsage> => {
  const { config, producer, validator, journals, origin, logger, onFatal } = order;
  const folder = join(config.spoolDir, validator);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(folder);
  const stop = new AbortController();
  const onTrouble = (reason: string): void => logger.warn({ reason }, 'usage records wait');
  const successor: Successor = { validator, journals, origin, nowMs: Date.now, onTrouble };
  const left = await leftSpools(folder, new Set([producer]));
  const drained = Promise.all(
    left.map(async (one) => {
      await drainLeft(one, successor, stop.signal);
      const { intact, records } = one;
      if (intact) logger.info({ producer: one.producer, records: records.length }, 'usage of a predecessor was sent');
      else logger.error({ producer: one.producer }, 'usage of a predecessor is lost: its spool is damaged');
    }),
  ).then(() => undefined);
  drained.catch(() => undefined); // only `close` ends it early; then the spools stay
  const { durability, bytesMax } = config;
  const own = join(folder, producer);
  const spooled = await SpooledUsage.open({ folder: own, durability, bytesMax, journals, origin, onTrouble, onFatal });
  return {
    recorder: new UsageRecorder({ producer, validator, spooled, nowMs: Date.now }),
    drained,
    close: async (signal) => {
      const records = await spooled.close(signal);
      stop.abort();
      await drained.catch(() => undefined);
      await lock.release();
      return records;
    },
  };
};
