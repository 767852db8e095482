import type { TopicSpec } from '@openclaw/event-log';
import type { Cell } from './connection';
import type { Database } from './database';

/** Milliseconds of work a transaction. */
const EXPIRE_RECORDS_MAX = 2000;

interface UpkeepSettings {
  readonly schema: string;
  readonly intervalMs: number;
  readonly checkSettings: () => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** From time to time: looks at the settings again, and lets records go whose time has passed. */
export class Upkeep {
  #timer: NodeJS.Timeout | undefined;
  #topics: readonly TopicSpec[] = [];
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly settings: UpkeepSettings,
  ) {}

  /** From now on also for these topics. */
  start(topics: readonly TopicSpec[]): void {
    this.#topics = [...this.#topics, ...topics];
    this.#timer ??= setInterval(() => void this.run(), this.settings.intervalMs).unref();
  }

  /** Never rejects: what fails now is tried again next time. */
  run(): Promise<void> {
    this.#running = this.#running.then(() => this.#once());
    return this.#running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #once(): Promise<void> {
    try {
      await this.settings.checkSettings();
      const limited = this.#topics.filter((spec) => spec.retention !== 'forever').map((spec) => spec.topic);
      if (limited.length > 0) await this.#expire(limited);
    } catch (error) {
      if (!this.database.closed.aborted) this.settings.onFault(error);
    }
  }

  /** One journal at a time, because a transaction that expires holds back its appends. */
  async #expire(topics: readonly string[]): Promise<void> {
    const journals = `SELECT journal_id FROM ${this.settings.schema}.journals WHERE topic = ANY ($1)`;
    for (const [journalId] of await this.#rows(journals, [topics])) {
      for (let gone = EXPIRE_RECORDS_MAX; gone === EXPIRE_RECORDS_MAX;) {
        const rows = await this.#rows(`SELECT ${this.settings.schema}.expire($1, $2)`, [journalId, EXPIRE_RECORDS_MAX]);
        gone = Number(rows[0]?.[0]);
      }
    }
  }

  #rows(text: string, values: readonly unknown[]): Promise<Cell[][]> {
    return this.database.request((connection, limit) => connection.rows({ text, values: [...values] }, limit));
  }
}
