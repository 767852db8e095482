import {
  type Journal, JournalClosed, JournalSettingsRefused, type JournalStore, type TopicSpec,
} from '@openclaw/event-log'; // prettier-ignore
import { Database } from './database';
import { Notifications } from './notifications';
import type { JournalServices, PostgresJournalLog } from './journal-services';
import { PostgresJournal } from './postgres-journal';
import { DEFAULT_SCHEMA, plainIdentifier } from './schema/names';
import { type UnsafeSetting, settingFaults } from './store-settings';
import { topicFaults } from './topics';
import { Upkeep } from './upkeep';
import { WakeUps } from './wake-ups';

export interface PostgresJournalStoreOptions {
  /** Address with the login of this service (`grantPostgresJournalLogin`), on the primary, without a pooler between. */
  readonly url: string;
  readonly schema?: string;
  /** An append or a fetch without an answer for so long is given up together with its connection. */
  readonly requestTimeoutMs?: number;
  /** What a lost notification costs a reader at most. */
  readonly pollIntervalMs?: number;
  /** Connections for requests; the listener has one more. */
  readonly connectionsMax?: number;
  /** How often settings are asserted again and expired records go. */
  readonly upkeepIntervalMs?: number;
  /** For throwaway data only. */
  readonly allowUnsafe?: readonly UnsafeSetting[];
  readonly log?: PostgresJournalLog;
  /** The upkeep failed, or found settings that the log refuses: from then on appends reject. For the log. */
  readonly onFault?: (error: unknown) => void;
}

/** Longer than a checkpoint's stall of a busy disk. */
const REQUEST_TIMEOUT_MS = 10_000;
const POLL_INTERVAL_MS = 250;
const CONNECTIONS_MAX = 4;
/** ARCHITECTURE section 3: asserted at start and every minute. */
const UPKEEP_INTERVAL_MS = 60_000;

/** Opens the journals of one PostgreSQL schema. Connects at the first use; see `migratePostgresJournalStore`. */
export const openPostgresJournalStore = (options: PostgresJournalStoreOptions): JournalStore =>
  new PostgresJournalStore(options);

class PostgresJournalStore implements JournalStore {
  readonly kind = 'postgres';
  readonly #schema: string;
  readonly #services: JournalServices;
  readonly #upkeep: Upkeep;
  #refusal: JournalSettingsRefused | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: PostgresJournalStoreOptions) {
    const {
      url,
      requestTimeoutMs = REQUEST_TIMEOUT_MS,
      pollIntervalMs = POLL_INTERVAL_MS,
      connectionsMax = CONNECTIONS_MAX,
      allowUnsafe = [],
      upkeepIntervalMs = UPKEEP_INTERVAL_MS,
      onFault = () => undefined,
      log = () => undefined,
    } = options;
    const schema = plainIdentifier(options.schema ?? DEFAULT_SCHEMA);
    this.#schema = schema;
    const database = new Database({ url, schema, requestTimeoutMs, connectionsMax });
    const wakeUps = new WakeUps();
    const notifications = new Notifications(database, wakeUps, { channel: schema, requestTimeoutMs });
    const mustBeTrusted = (): void => {
      if (this.#refusal !== undefined) throw this.#refusal;
    };
    this.#services = {
      database,
      wakeUps,
      notifications,
      schema,
      requestTimeoutMs,
      pollIntervalMs,
      allowUnsafe,
      log,
      mustBeTrusted,
    };
    const checkSettings = (): Promise<void> => this.#checkSettings([]);
    this.#upkeep = new Upkeep(database, { schema, intervalMs: upkeepIntervalMs, checkSettings, onFault });
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    this.#mustBeOpen();
    await this.#checkSettings(topics);
    this.#upkeep.start(topics);
  }

  async open(topic: string, partition = 0): Promise<Journal> {
    this.#mustBeOpen();
    const name = `${topic}/${partition}`;
    const text = `SELECT journal_id FROM ${this.#schema}.journals WHERE topic = $1 AND partition = $2`;
    const rows = await this.#services.database.request((connection, limit) =>
      connection.rows({ text, values: [topic, partition] }, limit),
    );
    const journalId = rows[0]?.[0];
    if (journalId === undefined || journalId === null)
      throw new Error(`there is no journal ${name}: ensure its topic first`);
    return new PostgresJournal(name, Number(journalId), this.#services);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    const { database, notifications } = this.#services;
    await database.close();
    await notifications.close();
    await this.#upkeep.close();
  }

  async #checkSettings(topics: readonly TopicSpec[]): Promise<void> {
    const expected = { schema: this.#schema, allowUnsafe: this.#services.allowUnsafe };
    const faults = await this.#services.database.request(async (connection, limit) => [
      ...(await settingFaults(connection, expected, limit)),
      ...(await topicFaults(connection, this.#schema, topics, limit)),
    ]);
    this.#refusal = faults.length > 0 ? new JournalSettingsRefused(faults) : undefined;
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  #mustBeOpen(): void {
    if (this.#services.database.closed.aborted) throw new JournalClosed('the PostgreSQL journals are closed');
  }
}
