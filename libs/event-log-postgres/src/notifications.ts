import type { Connection } from './connection';
import type { Database } from './database';
import { backoffMs } from './failures';
import { pause, withinLimit } from './limit';
import type { WakeUps } from './wake-ups';

/**
 * LISTEN/NOTIFY on one connection of its own, as a wake-up and nothing more: every message may be lost, doubled or
 * made up. NOTIFY is sent after the append has committed, in a transaction of its own: inside the append it would
 * hold a lock of the whole cluster while its commit is flushed, and all journals would queue behind it.
 */
export class Notifications {
  readonly #unsent = new Set<number>();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #sending: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly wakeUps: WakeUps,
    private readonly settings: { readonly channel: string; readonly requestTimeoutMs: number },
  ) {}

  /** Begins to listen; returns at once and never fails: without a connection readers live by their poll. */
  start(): void {
    this.#running ??= this.#listen();
  }

  /** Tells readers in other processes; one message in flight, later ones are gathered. */
  announce(journalId: number): void {
    this.start();
    this.#unsent.add(journalId);
    this.#sending ??= this.#send().finally(() => (this.#sending = undefined));
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    await this.#running;
    await this.#sending;
  }

  async #listen(): Promise<void> {
    const { closed } = this.database;
    for (let failures = 0; !closed.aborted;) {
      try {
        const connection = await withinLimit(this.settings.requestTimeoutMs, [closed], (limit) => this.#open(limit));
        failures = 0;
        this.#connection = connection;
        this.wakeUps.wakeAll(); // messages were lost while nobody listened
        await connection.ended();
      } catch {
        failures += 1;
      }
      this.#connection = undefined;
      await pause(backoffMs(failures), closed);
    }
  }

  async #open(limit: AbortSignal): Promise<Connection> {
    const connection = await this.database.connect('openclaw-log listener', limit);
    connection.onNotification((payload, fromUs) => {
      if (!fromUs) this.wakeUps.wake(Number(payload)); // our own readers were woken when the append was acknowledged
    });
    await connection.rows({ text: `LISTEN ${this.settings.channel}` }, limit);
    return connection;
  }

  async #send(): Promise<void> {
    while (this.#unsent.size > 0) {
      const connection = this.#connection;
      const journalIds = [...this.#unsent];
      this.#unsent.clear();
      if (connection === undefined) return; // readers elsewhere find it at their next poll
      await withinLimit(this.settings.requestTimeoutMs, [this.database.closed], (limit) =>
        connection.rows({ ...NOTIFY, values: [this.settings.channel, journalIds] }, limit),
      ).catch(() => connection.destroy());
    }
  }
}

const NOTIFY = { name: 'notify', text: 'SELECT pg_notify($1, id::text) FROM unnest($2::int[]) AS id' };
