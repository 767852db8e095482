import { type EventLog, OutcomeUnknown, type StreamName } from '@openclaw/event-log';
import type { Answer, AppendFn } from './clients';

/**
 * The product, as a handler uses it: on a conflict it looks whether the event is in its stream already, because an
 * earlier try of this very command (answered "unknown") may have been accepted meanwhile; then it confirms that.
 */
export const productAppend =
  (log: EventLog): AppendFn =>
  async (stream, claim, event): Promise<Answer> => {
    try {
      const result = await log.append(stream, claim, event);
      if (result.outcome === 'appended') return { outcome: 'appended', position: result.position };
      const found = await positionOf(log, stream, claim, event.id);
      if (found === undefined) return { outcome: 'not-done' };
      await log.confirm(found);
      return { outcome: 'appended', position: found };
    } catch (error) {
      if (error instanceof OutcomeUnknown) return { outcome: 'unknown' };
      throw error;
    }
  };

const positionOf = async (log: EventLog, stream: StreamName, from: number, id: string) => {
  for await (const event of log.readStream(stream, from)) if (event.id === id) return event.position;
  return undefined;
};
