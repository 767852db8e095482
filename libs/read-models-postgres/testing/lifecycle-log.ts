import { randomUUID } from 'node:crypto';
import { encodeBody, type DomainEvent } from '@openclaw/contracts';
import { DOMAIN_EXAMPLES } from '@openclaw/contracts/testing';
import {
  type EventLog, InMemoryJournalStore, type Journal, type NewEvent, openEventLog, streamName,
} from '@openclaw/event-log'; // prettier-ignore

/** A log in memory with events on it as an issuer writes them: something true to project. */
export class LifecycleLog {
  private constructor(
    private readonly store: InMemoryJournalStore,
    readonly journal: Journal,
    readonly log: EventLog,
  ) {}

  static async open(): Promise<LifecycleLog> {
    const store = new InMemoryJournalStore();
    await store.ensureTopics([{ topic: 'lifecycle', partitions: 1, retention: 'forever' }]);
    const journal = await store.open('lifecycle');
    return new LifecycleLog(store, journal, await openEventLog(journal, { source: 'issuer-1', role: 'writer' }));
  }

  /** Appends revision `revision` of a code; answers the position. */
  async happens(codeId: string, revision: number, metadata: Record<string, string> = {}): Promise<number> {
    const result = await this.log.append(streamName(`pairing-code/${codeId}`), revision, newEvent(metadata));
    if (result.outcome === 'conflict') throw new Error('a conflict in a test of its own');
    return result.position;
  }

  /** Appends a record as it is, whatever it is. */
  async raw(value: Buffer): Promise<void> {
    await this.journal.append({ key: 'raw', value });
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.store.close();
  }
}

const suspended = (): DomainEvent => {
  const example = DOMAIN_EXAMPLES.find(({ type }) => type === 'PairingCodeSuspended');
  if (example === undefined) throw new Error('no example of PairingCodeSuspended');
  return example;
};

export const newEvent = (metadata: Record<string, string> = {}): NewEvent => ({
  id: randomUUID(),
  type: encodeBody(suspended()).type,
  time: new Date().toISOString(),
  source: 'issuer-1',
  data: encodeBody(suspended()).data,
  metadata: { authid: 'operator-1', authtype: 'operator-token', sourceip: '192.0.2.1', reason: 'why not', ...metadata },
});
