import { TOPIC, alertCodec, type DetectionFinding, partitionOf, streamOf } from '@openclaw/contracts';
import { CatchUpSubscription } from '@openclaw/consumers';
import { type Alert, type DetectionRules, quietTime } from '@openclaw/domain';
import { type EventLog, type FollowBatch, streamName } from '@openclaw/event-log';
import { Counts, appendTraced } from '@openclaw/platform';
import { alertFinding, incidentId } from './alert-finding';

/** The alert topic: one log per partition, and the findings folded from it. */
export class AlertLog {
  readonly #findings = new Map<string, DetectionFinding>();
  readonly #incidents = new Map<string, { readonly firstAt: number; readonly lastAt: number }[]>();
  /** Raised by this process, by rule. */
  readonly raised = new Counts();
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
   * Raises an alert, once: an incident that is on the topic is known, and stream and event id are made of the incident,
   * so two detectors meet in one stream. Rejects like `EventLog.append`; the caller repeats until it is settled.
   */
  async raise(alert: Alert, rules: DetectionRules): Promise<'raised' | 'known'> {
    if (this.#isKnown(alert, quietTime(rules, alert.rule))) return 'known';
    const uid = incidentId(alert);
    const log = this.logs[partitionOf(alert.entity, this.logs.length)];
    if (log === undefined) throw new RangeError('the alert topic has no partition');
    const { type, data } = alertCodec.encode({ type: 'DetectionFinding', data: alertFinding(alert, uid) });
    const time = new Date(alert.lastAt).toISOString();
    const event = { id: uid, type, time, source: this.source, data };
    const stream = streamName(streamOf.alert(uid));
    const { outcome } = await appendTraced(log, { topic: TOPIC.alerts, stream, claim: 1, event });
    if (outcome !== 'appended') return 'known';
    this.raised.add(alert.rule);
    return 'raised';
  }

  /** Two starts do not read the partitions in the very same order, so times decide: nearer than a window is the same. */
  #isKnown({ rule, entity, firstAt, lastAt }: Alert, quietMs: number): boolean {
    const incidents = this.#incidents.get(`${rule} ${entity}`) ?? [];
    return incidents.some((one) => firstAt < one.lastAt + quietMs && one.firstAt < lastAt + quietMs);
  }

  /** Findings, newest first; of the same time by uid. */
  findings(): readonly DetectionFinding[] {
    return [...this.#findings.values()].sort((a, b) => b.time - a.time || (uidOf(a) < uidOf(b) ? -1 : 1));
  }

  finding(uid: string): DetectionFinding | undefined {
    return this.#findings.get(uid);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#subscriptions.map((one) => one.stop()));
  }

  #fold(batch: FollowBatch): void {
    for (const entry of batch.entries) {
      if (entry.kind !== 'event') continue;
      const decoded = alertCodec.decode(entry.event.type, entry.event.data);
      if (decoded.understood) this.#remember(decoded.event.data);
    }
  }

  #remember(finding: DetectionFinding): void {
    const { time, start_time: firstAt = time, end_time: lastAt = time, metadata, finding_info: info } = finding;
    const incident = `${info.analytic?.name ?? ''} ${metadata.correlation_uid ?? ''}`;
    if (!this.#findings.has(info.uid)) {
      this.#incidents.set(incident, [...(this.#incidents.get(incident) ?? []), { firstAt, lastAt }]);
    }
    this.#findings.set(info.uid, finding);
  }
}

const uidOf = ({ finding_info: { uid } }: DetectionFinding): string => uid;
