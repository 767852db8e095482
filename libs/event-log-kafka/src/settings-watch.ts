import { JournalSettingsRefused, type TopicSpec } from '@openclaw/event-log';
import type { KafkaJournalStore } from './kafka-journal-store';

export interface SettingsWatchOptions {
  /** Default 60,000 (ARCHITECTURE section 3: asserted at start and every minute). */
  readonly everyMs?: number;
  /** A setting breaks the log's promises. End the process, or stop answering: what was promised no longer holds. */
  readonly onFault: (refusal: JournalSettingsRefused) => void;
  /** The settings could not be read this time. No fault by itself: an unreachable store shows elsewhere. */
  readonly onUnknown?: (error: unknown) => void;
}

/**
 * Asserts the settings of `topics` again and again until the returned function is called. `onFault` is called at each
 * check that finds one, at most once per `everyMs`.
 */
export const watchSettings = (
  store: KafkaJournalStore,
  topics: readonly TopicSpec[],
  { everyMs = 60_000, onFault, onUnknown = (): void => undefined }: SettingsWatchOptions,
): (() => void) => {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const again = (): void => {
    timer = setTimeout(() => void check(), everyMs).unref();
  };
  const check = async (): Promise<void> => {
    try {
      await store.assertSettings(topics);
    } catch (error) {
      if (stopped) return;
      if (error instanceof JournalSettingsRefused) onFault(error);
      else onUnknown(error);
    }
    if (!stopped) again();
  };
  again();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
};
