import { CatchUpSubscription } from '@openclaw/consumers';
import type { MasterKey, MasterKeyEvent, PairingCode, PairingCodeEvent } from '@openclaw/domain';
import type { EventLog } from '@openclaw/event-log';
import { ApiError, type HealthCheck, masterKeyAggregate, pairingCodeAggregate } from '@openclaw/platform';
import { CodesBySecret } from '../revoke-by-holder/codes-by-secret';
import { FollowedAggregates } from './followed-aggregates';

/** How long a list waits for the view to reach what this process has read; then 503. */
const WAIT_MS = 2000;

/** Every code and master key, in memory, for lists: decisions still load the stream itself. */
export class LifecycleView {
  readonly codes = new FollowedAggregates<PairingCode, PairingCodeEvent>(pairingCodeAggregate);
  readonly masterKeys = new FollowedAggregates<MasterKey, MasterKeyEvent>(masterKeyAggregate);
  readonly secrets = new CodesBySecret();
  readonly #subscription: CatchUpSubscription;

  readonly #kinds = [this.codes, this.masterKeys, this.secrets];

  constructor(private readonly log: EventLog) {
    this.#subscription = new CatchUpSubscription({
      log,
      after: 'beginning',
      handle: ({ entries }) => {
        for (const entry of entries) {
          if (entry.kind !== 'event') continue;
          for (const kind of this.#kinds) kind.apply(entry.event);
        }
      },
    });
  }

  /** Resolves when everything up to now is folded; call before the port opens. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /**
   * Resolves when the view holds all that this process has read. An append answers only after it was read back, so a
   * writer that lists on the same issuer sees its own write. Rejects with 503 when the view is stuck; safe to repeat.
   */
  async upToDate(): Promise<void> {
    const { position } = this.log.head();
    await this.#subscription.reached(position, AbortSignal.timeout(WAIT_MS)).catch(() => {
      throw new ApiError('openclaw.log.unavailable');
    });
  }

  check(): HealthCheck {
    return {
      name: 'lifecycle-view',
      check: () =>
        this.upToDate().then(
          () => undefined,
          () => 'the view of codes and master keys is behind the log',
        ),
    };
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }
}
