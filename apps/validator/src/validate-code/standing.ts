import type { ErrorCode, validatorV1 } from '@openclaw/contracts';
import type { LeaseKeeper } from '@openclaw/freshness';
import { NoDecision } from './no-decision';

type Standing = 'starting' | 'serving' | 'stale' | 'halted';

const ERROR: Readonly<Record<Exclude<Standing, 'serving'>, ErrorCode>> = {
  starting: 'openclaw.validator.starting',
  stale: 'openclaw.validator.stale',
  halted: 'openclaw.log.halted',
};

const STATE: Readonly<Record<Standing, validatorV1.ValidatorState>> = {
  starting: 'VALIDATOR_STATE_STARTING',
  serving: 'VALIDATOR_STATE_SERVING',
  stale: 'VALIDATOR_STATE_STALE',
  halted: 'VALIDATOR_STATE_HALTED',
};

/** Whether this validator can know, and if not, why. */
export class ValidatorStanding {
  #everHeld: boolean;

  constructor(private readonly keeper: LeaseKeeper) {
    this.#everHeld = keeper.status().held;
    keeper.onChange((held) => {
      this.#everHeld ||= held;
    });
  }

  state(): validatorV1.ValidatorState {
    return STATE[this.#standing()];
  }

  /** Calls `listener` when the validator begins or ceases to decide; the returned function ends that. */
  onChange(listener: (serving: boolean) => void): () => void {
    return this.keeper.onChange(listener);
  }

  /** Resolves when it decides for the first time, or when `signal` aborts. */
  async firstLease(signal: AbortSignal): Promise<void> {
    if (this.#standing() === 'serving') return;
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        unlisten();
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const unlisten = this.keeper.onChange(finish);
      signal.addEventListener('abort', finish);
    });
  }

  /** The answer to give when there is no lease to decide under, or it ended before the answer was ready. */
  noDecision(): NoDecision {
    const standing = this.#standing();
    const code = ERROR[standing === 'serving' ? 'stale' : standing];
    return standing === 'halted' ? new NoDecision(code) : new NoDecision(code, this.keeper.retryAfterMs);
  }

  #standing(): Standing {
    const { held, halted } = this.keeper.status();
    if (halted !== undefined) return 'halted';
    if (held) return 'serving';
    return this.#everHeld ? 'stale' : 'starting';
  }
}
