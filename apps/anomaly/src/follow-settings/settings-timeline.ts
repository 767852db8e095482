import { CatchUpSubscription } from '@openclaw/consumers';
import { decodePosition, domainCodec, isDetectionSettingsEvent, streamOf } from '@openclaw/contracts';
import { type DetectionRules, NO_SETTINGS, type RulesInForce, rulesInForce } from '@openclaw/domain';
import { type EventLog, type FollowBatch, positionAt } from '@openclaw/event-log';

interface Since {
  readonly position: number;
  readonly force: RulesInForce;
}

/**
 * The detection settings over the lifecycle log. A use is judged by those that were in force where its validator decided
 * it, and not by those of the moment at which the detector reads it: so a replay raises the same alerts, byte for byte.
 */
export class SettingsTimeline {
  readonly #since: Since[];
  readonly #subscription: CatchUpSubscription;

  constructor(
    private readonly log: EventLog,
    private readonly configured: DetectionRules,
    /** Settings of a newer build: judged is by those before, and that must be seen. */
    private readonly onNotUnderstood: (reason: string) => void,
  ) {
    this.#since = [{ position: -1, force: rulesInForce(configured, NO_SETTINGS) }];
    this.#subscription = new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when every change up to now is known. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /** What was in force at a place of the lifecycle log, once it is read; the newest for a place of another log. */
  async at(place: string, signal: AbortSignal): Promise<RulesInForce> {
    const position = decodePosition(place);
    if (position?.logId !== this.log.logId) return this.#newestUpTo(Infinity);
    await this.#subscription.reached(positionAt(position.offset), signal);
    return this.#newestUpTo(position.offset);
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }

  #newestUpTo(offset: number): RulesInForce {
    const found = this.#since.findLast(({ position }) => position <= offset);
    return found?.force ?? rulesInForce(this.configured, NO_SETTINGS);
  }

  #fold({ entries }: FollowBatch): void {
    for (const entry of entries) {
      if (entry.kind !== 'event' || entry.event.stream !== STREAM) continue;
      const decoded = domainCodec.decode(entry.event.type, entry.event.data);
      if (!decoded.understood || !isDetectionSettingsEvent(decoded.event)) {
        this.onNotUnderstood(decoded.understood ? 'another event on its stream' : decoded.reason);
        continue;
      }
      const force = rulesInForce(this.configured, decoded.event.data.after);
      this.#since.push({ position: entry.position, force });
    }
  }
}

const STREAM = streamOf.detectionSettings('all');
