import { type Span, SpanKind, context, trace } from '@opentelemetry/api';
import type { ProjectionStore } from '@openclaw/consumers';
import type { LogEntry, RecordedEvent } from '@openclaw/event-log';
import { type SpanFacts, endFailed, startSpan } from './spans';
import { contextOf, isSampled, parseTraceparent } from './trace-context';

/** Who handles what. */
export interface Consumed {
  readonly topic: string;
  readonly partition: number;
  /** The projection or detector. */
  readonly consumer: string;
}

/** What is older was traced when it was new: starts and rebuilds read the whole log again. */
const YOUNG_MS = 60_000;

/** Whether handling this event makes a span: its producer's trace is sampled, and it is new. */
export const isTraced = ({ metadata, appendedAtMs }: RecordedEvent): boolean => {
  const { traceparent } = metadata;
  if (traceparent === undefined || Date.now() - appendedAtMs > YOUNG_MS) return false;
  const at = parseTraceparent(traceparent);
  return at !== undefined && isSampled(at);
};

/** The span of one event's handling: in the trace of its producer, as its child, and linked to it. */
const processSpan = (event: RecordedEvent, { topic, partition, consumer }: Consumed): Span => {
  const producer = parseTraceparent(event.metadata['traceparent']);
  const facts: SpanFacts = {
    'messaging.system': 'openclaw',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.consumer.group.name': consumer,
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
    'openclaw.log.position': event.position,
  };
  const links = producer === undefined ? [] : [{ context: producer }];
  return startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, parent: contextOf(producer), facts, links });
};

/** Does `work` within the span of the event's handling; without a traced event, just does it. Rejects like `work`. */
export const processTraced = async (
  event: RecordedEvent | undefined,
  consumed: Consumed,
  work: () => Promise<void>,
): Promise<void> => {
  if (event === undefined || !isTraced(event)) return work();
  const span = processSpan(event, consumed);
  try {
    await context.with(trace.setSpan(context.active(), span), work);
    span.end();
  } catch (error) {
    endFailed(span, error);
    throw error;
  }
};

/** The spans of the traced events among records that are handled together; to be ended when they are. */
export const batchSpans = (entries: readonly LogEntry[], consumed: Consumed): readonly Span[] =>
  entries.flatMap((entry) =>
    entry.kind === 'event' && isTraced(entry.event) ? [processSpan(entry.event, consumed)] : [],
  );

/** A projection store whose commits make a span for each traced event in them. */
export const traceCommits = (store: ProjectionStore, consumed: Consumed): ProjectionStore => ({
  name: store.name,
  foldVersion: store.foldVersion,
  load: () => store.load(),
  refuses: (event) => store.refuses(event),
  reset: () => store.reset(),
  commit: async (batch) => {
    const spans = batchSpans(batch.apply, consumed);
    try {
      await store.commit(batch);
      for (const span of spans) span.end();
    } catch (error) {
      for (const span of spans) endFailed(span, error);
      throw error;
    }
  },
});
