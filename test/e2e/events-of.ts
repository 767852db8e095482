import { TOPIC } from '@openclaw/contracts';
import { type RecordedEvent, openEventLog } from '@openclaw/event-log';
import { issuerConfig } from '@openclaw/issuer';
import { openStore } from '@openclaw/platform';

const WAIT_MS = 10_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** What the lifecycle log holds of one stream, read by a reader of its own; `env` = the environment of an issuer. */
export const eventsOf = async (env: Readonly<Record<string, string>>, stream: string): Promise<RecordedEvent[]> => {
  const store = openStore(issuerConfig(env).log, 'spec', quiet);
  const reader = await openEventLog(await store.open(TOPIC.lifecycle), { source: 'spec', role: 'reader' });
  const found: RecordedEvent[] = [];
  for await (const batch of reader.follow('beginning', AbortSignal.timeout(WAIT_MS))) {
    found.push(
      ...batch.entries.flatMap((one) => (one.kind === 'event' && one.event.stream === stream ? [one.event] : [])),
    );
    if (batch.caughtUp) break;
  }
  await reader.close();
  await store.close();
  return found;
};
