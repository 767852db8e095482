import { SpanKind, context } from '@opentelemetry/api';
import type { AppendResult, Claim, EventLog, NewEvent, StreamName } from '@openclaw/event-log';
import { recordValue } from './meters';
import { type SpanFacts, endFailed, startSpan, tell } from './spans';
import { traceparentOf } from './trace-context';

export interface TracedAppend {
  readonly topic: string;
  readonly stream: StreamName;
  readonly claim: Claim;
  readonly event: NewEvent;
}

/**
 * `EventLog.append` within a producer's span whose `traceparent` goes into the event (the distributed tracing extension
 * of CloudEvents), so that consumers go on with the trace. Without telemetry the event keeps the `traceparent` it has.
 * Rejects like `EventLog.append`.
 */
export const appendTraced = async (
  log: EventLog,
  { topic, stream, claim, event }: TracedAppend,
): Promise<AppendResult> => {
  const begunAtMs = performance.now();
  const facts: SpanFacts = {
    'messaging.system': 'openclaw',
    'messaging.operation.name': 'send',
    'messaging.operation.type': 'send',
    'messaging.destination.name': topic,
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
  };
  const span = startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, parent: context.active(), facts });
  const measured = (outcome: string): void =>
    recordValue('openclaw.log.append.duration', (performance.now() - begunAtMs) / 1000, {
      'messaging.destination.name': topic,
      'openclaw.outcome': outcome,
    });
  try {
    const result = await log.append(stream, claim, withTraceparent(event, traceparentOf(span)));
    tell(span, { 'openclaw.outcome': result.outcome });
    if (result.outcome === 'appended') tell(span, { 'openclaw.log.position': result.position });
    span.end();
    measured(result.outcome);
    return result;
  } catch (error) {
    endFailed(span, error);
    measured('failed');
    throw error;
  }
};

const withTraceparent = (event: NewEvent, traceparent: string | undefined): NewEvent =>
  traceparent === undefined ? event : { ...event, metadata: { ...event.metadata, traceparent } };
