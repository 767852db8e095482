import type { ProducerAccount } from './producer-accounts';
import type { HoleWindow } from './verdict';

/** A producer as auditors see it. */
export const producerView = (account: ProducerAccount) => ({
  producer: account.producer,
  validator: account.validator,
  verdict: account.verdict,
  since: account.since.toISOString(),
  lastRenewalAt: account.heardAt?.toISOString() ?? null,
  durability: account.durability,
  window: windowView(account.window),
  partitions: account.partitions.map(({ partition, verdict, recorded, floor, last, window }) => ({
    partition,
    verdict,
    recorded,
    floor,
    last,
    window: windowView(window),
  })),
});

export const windowView = (window: HoleWindow | null) =>
  window === null ? null : { from: window.from.toISOString(), to: window.to.toISOString() };
