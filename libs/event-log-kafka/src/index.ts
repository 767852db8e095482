export { openKafkaJournalStore, KafkaJournalStore } from './kafka-journal-store';
export type { KafkaJournalOptions, KafkaJournalLog, KafkaSasl } from './kafka-journal.options';
export { watchSettings, type SettingsWatchOptions } from './settings-watch';
export { AppendNotSent, AppendUnacknowledged } from './append-batcher';
export { KafkaLogTruncated } from './partition-reader';
export { KafkaAnswerUnreadable } from './fetch-answer.parser';
export { KafkaTimeout } from './bounded';
