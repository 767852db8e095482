import type { JournalStore } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { openPostgresJournalStore } from '@openclaw/event-log-postgres';
import type { Logger } from '../logging/logger';
import type { LogConfig } from './log-config';

/** The one place that chooses the adapter of the log. */
export const openStore = (config: LogConfig, service: string, logger: Logger): JournalStore => {
  if (config.kind === 'kafka') {
    return openKafkaJournalStore({
      brokers: config.brokers,
      clientId: `openclaw-${service}`,
      singleBroker: config.singleBroker,
      topicPrefix: config.topicPrefix,
      log: (level, message) => {
        if (level === 'warn') logger.warn({}, message);
      },
    });
  }
  return openPostgresJournalStore({
    url: config.url,
    log: (level, message) => {
      if (level === 'warn') logger.warn({}, message);
    },
    onFault: (error) => logger.error({ reason: String(error) }, 'the log refuses its settings'),
  });
};
