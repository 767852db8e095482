import { join } from 'node:path';
import type { EventOrigin, Journal } from '@openclaw/event-log';
import type { Logger } from '@openclaw/platform';
import type { RenewalBook } from '@openclaw/freshness';
import {
  type LeftFolder,
  endedProducers,
  leftFolders,
  lockFolder,
  makeFolder,
  noteEnded,
  readLeft,
} from '@openclaw/usage-spool';
import { declareGone } from './gone-producers';
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
  /** Of the coordination topic, from its oldest record. */
  readonly renewals: RenewalBook;
  /** Resolves with the first lease, or when the signal aborts. */
  readonly firstLease: (signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
  /** The disk failed: the process must end. */
  readonly onFatal: (reason: Error) => void;
}

export interface OpenUsage {
  readonly recorder: UsageRecorder;
  /** Resolves when what producers before this one have left is on the log, as far as it could be read. */
  readonly drained: Promise<void>;
  /** Resolves with the number of records that stay for the successor. */
  close(signal: AbortSignal): Promise<number>;
}

/**
 * Opens the usage records of one validator: takes its folder (rejects with `FolderTaken` while another process has it),
 * begins a producer of its own, and accounts in the background for its predecessors: what they have left is sent, one
 * after the other, and those whose spool is gone are declared lost.
 */
export const openUsage = async (order: UsageOrder): Promise<OpenUsage> => {
  const { config, producer, validator, journals, origin, logger, onFatal } = order;
  const folder = join(config.spoolDir, validator);
  await makeFolder(folder);
  const lock = await lockFolder(folder);
  const stop = new AbortController();
  const onTrouble = (reason: string): void => logger.warn({ reason }, 'usage records wait');
  const left = await leftFolders(folder, new Set([producer]));
  const ended = await endedProducers(folder, Date.now());
  const successor = { validator, journals, origin, nowMs: Date.now, onTrouble };
  const account = new Account({ ...order, folder, left, successor }, stop.signal);
  const drained = account.drain();
  const accounted = drained.then(() =>
    account.declareGone(new Set([producer, ...ended, ...left.map((one) => one.producer)])),
  );
  const { durability, bytesMax } = config;
  const own = { folder: join(folder, producer), durability, bytesMax, bytesElsewhere: () => account.bytes };
  const spooled = await SpooledUsage.open({ ...own, journals, origin, onTrouble, onFatal });
  return {
    recorder: new UsageRecorder({ producer, validator, spooled, nowMs: Date.now, onExhausted: onFatal }),
    drained,
    close: async (signal) => {
      const records = await spooled.close(signal);
      if (records === 0) await noteEnded(folder, producer);
      stop.abort();
      await accounted;
      await lock.release();
      return records;
    },
  };
};

interface AccountOrder extends UsageOrder {
  readonly folder: string;
  readonly left: readonly LeftFolder[];
  readonly successor: Successor;
}

/** Accounts for the producers before this one. What fails is told and tried again by the next start: it never rejects. */
class Account {
  /** Of spools that are still here. */
  bytes: number;

  constructor(
    private readonly order: AccountOrder,
    private readonly signal: AbortSignal,
  ) {
    this.bytes = order.left.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** One after the other: each may be as large as the budget, and is in memory while it is sent. */
  async drain(): Promise<void> {
    for (const one of this.order.left) await this.#tells(one.producer, () => this.#drainOne(one));
  }

  async declareGone(known: ReadonlySet<string>): Promise<void> {
    const { renewals, successor, firstLease, logger } = this.order;
    const onNamesake = (incarnation: string): void =>
      logger.error({ producer: incarnation }, 'another process has the name of this validator: give each its own');
    const onLost = (producer: string): void =>
      logger.error({ producer }, 'usage of a predecessor is lost: its spool is gone');
    await this.#tells(successor.validator, async () => {
      await firstLease(this.signal);
      await declareGone({ successor, renewals, known, onNamesake, onLost }, this.signal);
    });
  }

  async #drainOne({ producer, bytes }: LeftFolder): Promise<void> {
    const { folder, successor, logger } = this.order;
    const spool = await readLeft(folder, producer);
    await drainLeft(spool, successor, this.signal);
    await noteEnded(folder, producer);
    this.bytes -= bytes;
    const { intact, records } = spool;
    if (intact) logger.info({ producer, records: records.length }, 'usage of a predecessor was sent');
    else logger.error({ producer }, 'usage of a predecessor is lost: its spool is damaged');
  }

  async #tells(producer: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.signal.aborted) return; // the next start goes on
      const reason = error instanceof Error ? error.message : String(error);
      this.order.logger.error({ producer, reason }, 'a predecessor is not accounted for yet');
    }
  }
}
