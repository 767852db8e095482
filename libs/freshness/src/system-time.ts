import { performance } from 'node:perf_hooks';
import { asMonotonic, asWall } from './brand';
import type { HostTime } from './time.port';

/** The clocks and timers of this host (CLOCK_MONOTONIC, CLOCK_REALTIME, setTimeout). */
export const systemTime: HostTime = {
  monotonic: { nowMs: () => asMonotonic(performance.now()) },
  wall: { nowMs: () => asWall(Date.now()) },
  scheduler: {
    after: (delayMs, work) => {
      const timer = setTimeout(work, Math.max(0, delayMs));
      return () => clearTimeout(timer);
    },
  },
};
