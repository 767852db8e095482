import type { Database } from './database';
import type { Notifications } from './notifications';
import type { UnsafeSetting } from './store-settings';
import type { WakeUps } from './wake-ups';

/** Where readers say that they cannot read, and that they can again. */
export type PostgresJournalLog = (level: 'info' | 'warn', message: string, detail?: unknown) => void;

/** What the journals of one store share. */
export interface JournalServices {
  readonly database: Database;
  readonly wakeUps: WakeUps;
  readonly notifications: Notifications;
  readonly schema: string;
  readonly requestTimeoutMs: number;
  readonly pollIntervalMs: number;
  readonly allowUnsafe: readonly UnsafeSetting[];
  readonly log: PostgresJournalLog;
  /** Throws while the settings of the store are refused. */
  mustBeTrusted(): void;
}
