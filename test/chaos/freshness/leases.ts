import type { EventLog, Journal } from '@openclaw/event-log';
import type { CapturedLease, HostTime, LeaseKeeper } from '@openclaw/freshness';

/** What a decision needs of a lease: the product's, or a mutant of it. */
export interface Lease {
  capture(): object | undefined;
  stillFresh(captured: object): boolean;
}

export interface LeaseParts {
  readonly keeper: LeaseKeeper;
  readonly time: HostTime;
  readonly boundMs: number;
  readonly log: EventLog;
  readonly journal: Journal;
}

/** The product's lease, or one with exactly one rule broken. */
export const leaseOf = (mutant: string | undefined, parts: LeaseParts): Lease => {
  const product = productLease(parts.keeper);
  switch (mutant) {
    case 'no lease: memory is trusted':
      return { capture: () => ({}), stillFresh: () => true };
    case 'no second look':
      return { ...product, stillFresh: () => true };
    case 'second look at a newer lease':
      return { ...product, stillFresh: () => product.capture() !== undefined };
    case 'lease by the wall clock':
      return wallClockLease(parts);
    case 'lease from a fetch':
      return fetchedLease(parts);
    default:
      return product;
  }
};

const productLease = (keeper: LeaseKeeper): Lease => {
  const captured = new WeakMap<object, CapturedLease>();
  return {
    capture: () => {
      const lease = keeper.capture();
      if (lease !== undefined) captured.set(lease, lease);
      return lease;
    },
    stillFresh: (key) => {
      const lease = captured.get(key);
      return lease !== undefined && keeper.stillFresh(lease);
    },
  };
};

const POLL_MS = 20;

/** Renewed like the product's, but its end is an instant of the wall clock. */
const wallClockLease = ({ keeper, time, boundMs }: LeaseParts): Lease => {
  let endsAt = -Infinity;
  setInterval(() => {
    if (keeper.capture() !== undefined) endsAt = time.wall.nowMs() + boundMs;
  }, POLL_MS).unref();
  const holds = (): boolean => time.wall.nowMs() < endsAt;
  return { capture: () => (holds() ? {} : undefined), stillFresh: holds };
};

/** "The store says that there is nothing newer": what a leader that was cut off goes on saying. */
const fetchedLease = ({ time, boundMs, log, journal }: LeaseParts): Lease => {
  let endsAt = -Infinity;
  const renew = async (): Promise<void> => {
    const askedAt = time.monotonic.nowMs();
    const { next } = await journal.bounds(AbortSignal.timeout(1000));
    if (log.head().position >= next - 1) endsAt = askedAt + boundMs;
  };
  setInterval(() => void renew().catch(() => undefined), 10 * POLL_MS).unref();
  const holds = (): boolean => time.monotonic.nowMs() < endsAt;
  return { capture: () => (holds() ? {} : undefined), stillFresh: holds };
};
