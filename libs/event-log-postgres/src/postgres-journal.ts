import {
  type Journal, type JournalAppend, type JournalBounds, JournalClosed, type JournalRecord, JournalSettingsRefused, type Offset,
} from '@openclaw/event-log'; // prettier-ignore
import type { Cell } from './connection';
import { ConnectionLost } from './failures';
import { GroupCommit } from './group-commit';
import { readJournal } from './journal-reader';
import type { JournalServices } from './journal-services';

/** One journal: rows of `records` with one `journal_id`, counted by one row of `journals`. */
export class PostgresJournal implements Journal {
  readonly #commits: GroupCommit;

  constructor(
    readonly name: string,
    private readonly journalId: number,
    private readonly services: JournalServices,
  ) {
    this.#commits = new GroupCommit((group, withinMs) => this.#send(group, withinMs), services.requestTimeoutMs);
  }

  async append(record: JournalAppend): Promise<void> {
    if (this.services.database.closed.aborted) throw new JournalClosed(`${this.name} is closed`);
    this.services.mustBeTrusted();
    await this.#commits.append(record);
  }

  read(from: Offset, signal: AbortSignal): AsyncIterable<readonly JournalRecord[]> {
    return readJournal({ name: this.name, journalId: this.journalId, services: this.services }, from, signal);
  }

  async bounds(signal: AbortSignal): Promise<JournalBounds> {
    const { database, schema } = this.services;
    const text = `SELECT oldest_offset, next_offset FROM ${schema}.journals WHERE journal_id = $1`;
    const query = { name: 'bounds', text, values: [this.journalId] };
    const rows = await database.request((connection, limit) => connection.rows(query, limit), { signal });
    const [oldest, next] = rows[0] ?? [];
    return { oldest: Number(oldest), next: Number(next) };
  }

  async #send(group: readonly JournalAppend[], withinMs: number): Promise<void> {
    const { database, notifications, schema, wakeUps } = this.services;
    const keys = group.map((record) => record.key.replaceAll('\0', '\uFFFD')); // PostgreSQL text has no NUL
    const sizes = group.map((record) => record.value.length);
    const packed = Buffer.concat(group.map((record) => record.value));
    const query = {
      name: 'append',
      text: `SELECT ${schema}.append($1, $2, $3, $4), current_setting('synchronous_commit')`,
      values: [this.journalId, keys, sizes, packed],
    };
    await database.request(
      async (connection, limit) => {
        const [answer] = await connection.rows(query, limit);
        this.#mustBeDurable(answer?.[1], connection.warning);
      },
      { withinMs },
    );
    wakeUps.wake(this.journalId);
    notifications.announce(this.journalId);
  }

  /** The commit is judged by what it was made with: settings differ between connections and change at any time. */
  #mustBeDurable(synchronousCommit: Cell | undefined, warning: string | undefined): void {
    if (synchronousCommit === 'off' && !this.services.allowUnsafe.includes('synchronous_commit')) {
      throw new JournalSettingsRefused(['synchronous_commit is off for this login: set it on']);
    }
    // Say, the wait for a synchronous standby was cancelled: committed here, but not where a failover would look.
    if (warning !== undefined) throw new ConnectionLost(`not safely committed: ${warning}`);
  }
}
