import { randomUUID } from 'node:crypto';
import type {
  EventLog,
  FollowBatch,
  FollowStart,
  LogEntry,
  NewEvent,
  RecordedEvent,
  StreamName,
} from '@openclaw/event-log';

let count = 0;

export const aStream = (kind = 'thing'): StreamName => `${kind}/${++count}-${randomUUID()}` as StreamName;

export const anEvent = (data: unknown = { n: 1 }, type = 'openclaw.test.happened.v1'): NewEvent => ({
  id: randomUUID(),
  type,
  time: '2026-01-02T03:04:05.678Z',
  source: 'contract-suite',
  data,
  metadata: { authid: 'op-1', reason: 'because' },
});

export const streamOf = async (log: EventLog, stream: StreamName): Promise<RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const event of log.readStream(stream)) events.push(event);
  return events;
};

/** Follows until `enough` says so, and ends the follow. */
export const gather = async (
  log: EventLog,
  after: FollowStart,
  enough: (entries: readonly LogEntry[], batch: FollowBatch) => boolean,
): Promise<{ entries: LogEntry[]; batches: FollowBatch[] }> => {
  const end = new AbortController();
  const entries: LogEntry[] = [];
  const batches: FollowBatch[] = [];
  for await (const batch of log.follow(after, end.signal)) {
    batches.push(batch);
    entries.push(...batch.entries);
    if (enough(entries, batch)) end.abort();
  }
  return { entries, batches };
};

export const untilCaughtUp = (log: EventLog, after: FollowStart = 'beginning'): ReturnType<typeof gather> =>
  gather(log, after, (_, batch) => batch.caughtUp);

/** The accepted events of the caller's own streams (a log also holds records about itself). */
export const eventsOf = (entries: readonly LogEntry[], ...streams: StreamName[]): RecordedEvent[] =>
  entries.flatMap((entry) => (entry.kind === 'event' && streams.includes(entry.event.stream) ? [entry.event] : []));

export const never = (): AbortSignal => new AbortController().signal;

/** Appends and demands success. */
export const appended = async (
  log: EventLog,
  stream: StreamName,
  revision: number,
  data?: unknown,
): Promise<RecordedEvent> => {
  const event = anEvent(data);
  const result = await log.append(stream, revision, event);
  if (result.outcome !== 'appended') throw new Error(`expected revision ${revision}, got ${JSON.stringify(result)}`);
  const found = (await streamOf(log, stream)).find((one) => one.id === event.id);
  if (found === undefined) throw new Error('appended, but not in its stream');
  return found;
};

export const settlesWithin = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
};
