import { JournalClosed, type Journal, type JournalStore, type TopicSpec } from '@openclaw/event-log';
import { KafkaClients } from './kafka-client';
import { settingsFrom, type KafkaJournalOptions, type KafkaJournalSettings } from './kafka-journal.options';
import { KafkaJournal } from './kafka-journal';
import { TopicAdmin } from './topic-admin';

/**
 * Opens the journals of one Kafka cluster. Connects to nothing yet: the first append, read or `ensureTopics` does.
 * Throws a `RangeError` for impossible options.
 */
export const openKafkaJournalStore = (options: KafkaJournalOptions): KafkaJournalStore =>
  new KafkaJournalStore(settingsFrom(options));

/** `JournalStore` on Apache Kafka, through kafkajs 2.2.4, which is imported nowhere else. */
export class KafkaJournalStore implements JournalStore {
  readonly kind = 'kafka';
  readonly #closing = new AbortController();
  readonly #clients: KafkaClients;
  readonly #admin: TopicAdmin;

  constructor(private readonly settings: KafkaJournalSettings) {
    this.#clients = new KafkaClients(settings);
    this.#admin = new TopicAdmin(this.#clients, (topic) => this.#nameOf(topic), this.#closing.signal);
  }

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    await this.#admin.ensure(topics);
  }

  /** Asserts the settings of `topics` as they are now; throws `JournalSettingsRefused`. See `watchSettings`. */
  async assertSettings(topics: readonly TopicSpec[]): Promise<void> {
    await this.#admin.assert(topics);
  }

  async open(topic: string, partition = 0): Promise<Journal> {
    this.#closing.signal.throwIfAborted();
    return new KafkaJournal(this.#clients, { topic: this.#nameOf(topic), partition }, this.#closing.signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(new JournalClosed('the Kafka journal store is closed'));
    await this.#clients.close();
  }

  #nameOf(topic: string): string {
    return `${this.settings.topicPrefix}${topic}`;
  }
}
