import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewEvent, StreamName } from '@openclaw/event-log';
import { hostMs, type Told } from './history';

export interface Answer {
  readonly outcome: Told['outcome'];
  readonly position?: number;
}

/** How a client appends: the product, or a mutant of it. */
export type AppendFn = (stream: StreamName, revision: number, event: NewEvent) => Promise<Answer>;

export const aChange = (source: string, metadata: Readonly<Record<string, string>> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'openclaw.chaos.changed.v1',
  time: new Date().toISOString(),
  source,
  data: { note: 'x'.repeat(100) },
  metadata,
});

/**
 * Clients that wait for each answer before the next command, each with a stream of its own: revision after revision.
 * After "unknown" a client goes on with the same event (its idempotency key); after "not done" with a new one.
 */
export class WaitingClients {
  readonly told: Told[] = [];
  #stopped = false;
  #acknowledged = 0;
  readonly #running: Promise<void>;

  constructor(count: number, append: AppendFn, prefix = 'client') {
    const names = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
    this.#running = Promise.all(names.map((name) => this.#run(name, append))).then(() => undefined);
    this.#running.catch(() => undefined);
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when so many appends are acknowledged; rejects when none is for a minute. */
  async reached(count: number): Promise<void> {
    let [seen, sinceMs] = [this.acknowledged, performance.now()];
    while (this.acknowledged < count) {
      if (this.acknowledged > seen) [seen, sinceMs] = [this.acknowledged, performance.now()];
      if (performance.now() - sinceMs > STUCK_MS) throw new Error(`appends do not come back within ${STUCK_MS} ms`);
      await Promise.race([pause(20), this.#running]);
    }
  }

  /** Lets each client finish the command in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(client: string, append: AppendFn): Promise<void> {
    const stream = `chaos/${client}-${randomUUID()}` as StreamName;
    let revision = 1;
    let event = aChange(client);
    while (!this.#stopped) {
      const beganMs = hostMs();
      const answer = await append(stream, revision, event);
      this.told.push({ client, stream, id: event.id, terminal: false, beganMs, endedMs: hostMs(), ...answer });
      if (answer.outcome === 'appended') {
        revision += 1;
        this.#acknowledged += 1;
      } else await pause(RETRY_MS);
      if (answer.outcome !== 'unknown') event = aChange(client);
    }
  }
}

const RETRY_MS = 50;
const STUCK_MS = 60_000;
