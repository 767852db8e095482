import { alertCodec, type DetectionFinding, partitionOf, streamOf } from '@openclaw/contracts';
import { CatchUpSubscription } from '@openclaw/consumers';
import type { RefusalAlert } from '@openclaw/domain';
import { type EventLog, type FollowBatch, streamName } from '@openclaw/event-log';
import { alertFinding, incidentId } from './alert-finding';

/** The alert topic: one log per partition, and the findings folded from it. */
export class AlertLog {
  readonly #findings = new Map<string, DetectionFinding>();
  readonly #subscriptions: readonly CatchUpSubscription[];

  constructor(
    private readonly logs: readonly EventLog[],
    private readonly source: string,
  ) {
    this.#subscriptions = logs.map(
      (log) => new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) }),
    );
  }

  /** Resolves when every alert up to now is known. */
  async ready(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#subscriptions.map((one) => one.caughtUp(signal)));
  }

  /**
   * Raises an alert, once: stream and event id are made of the incident, so a replay meets its own first event and is
   * told so by the log. Rejects like `EventLog.append`; the caller repeats until it is settled.
   */
  async raise(alert: RefusalAlert): Promise<'raised' | 'known'> {
    const uid = incidentId(alert);
    const log = this.logs[partitionOf(alert.entity, this.logs.length)];
    if (log === undefined) throw new RangeError('the alert topic has no partition');
    const { type, data } = alertCodec.encode({ type: 'DetectionFinding', data: alertFinding(alert, uid) });
    const time = new Date(alert.lastAt).toISOString();
    const event = { id: uid, type, time, source: this.source, data };
    const result = await log.append(streamName(streamOf.alert(uid)), 1, event);
    return result.outcome === 'appended' ? 'raised' : 'known';
  }

  /** Findings, newest first. */
  findings(): readonly DetectionFinding[] {
    return [...this.#findings.values()].sort((a, b) => b.time - a.time);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((one) => one.stop()));
  }

  #fold(batch: FollowBatch): void {
    for (const entry of batch.entries) {
      if (entry.kind !== 'event') continue;
      const decoded = alertCodec.decode(entry.event.type, entry.event.data);
      if (decoded.understood) this.#findings.set(decoded.event.data.finding_info.uid, decoded.event.data);
    }
  }
}
