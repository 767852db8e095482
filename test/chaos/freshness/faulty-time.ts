import { type HostTime, systemTime } from '@openclaw/freshness';
import type { WallFault } from './validator.protocol';

/** The clocks of the host with a wall clock that can be put wrong; injected where the product reads its clocks. */
export class FaultyTime {
  #fault: Required<WallFault> = { wallOffMs: 0, driftPercent: 0 };
  #sinceMs = systemTime.monotonic.nowMs();

  readonly host: HostTime = {
    ...systemTime,
    wall: { nowMs: () => systemTime.wall.nowMs() + this.#offMs() } as HostTime['wall'],
  };

  set({ wallOffMs, driftPercent = 0 }: WallFault): void {
    this.#fault = { wallOffMs, driftPercent };
    this.#sinceMs = systemTime.monotonic.nowMs();
  }

  #offMs(): number {
    const { wallOffMs, driftPercent } = this.#fault;
    return wallOffMs + ((systemTime.monotonic.nowMs() - this.#sinceMs) * driftPercent) / 100;
  }
}
