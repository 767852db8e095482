import type { NewEvent, StreamName } from '@openclaw/event-log';
import type { AppendFn } from '../workload/clients';
import { hostMs, type Told } from '../workload/history';

/** Gives commands and keeps every answer. */
export class Operator {
  readonly told: Told[] = [];

  constructor(private readonly append: AppendFn) {}

  async command(stream: StreamName, revision: number, event: NewEvent): Promise<Told> {
    const beganMs = hostMs();
    const answer = await this.append(stream, revision, event);
    const told = { client: event.source, stream, id: event.id, terminal: false, beganMs, endedMs: hostMs(), ...answer };
    this.told.push(told);
    return told;
  }

  count(outcome: Told['outcome']): number {
    return this.told.filter((one) => one.outcome === outcome).length;
  }

  /** The retry with the same idempotency key. */
  async untilKnown(stream: StreamName, revision: number, event: NewEvent): Promise<void> {
    const deadline = performance.now() + 60_000;
    while ((await this.command(stream, revision, event)).outcome === 'unknown') {
      if (performance.now() > deadline) throw new Error(`${event.id} is unknown for a minute`);
    }
  }
}
