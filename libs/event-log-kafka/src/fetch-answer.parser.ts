import type { JournalRecord, Offset } from '@openclaw/event-log';

export interface Fetched {
  /** Records at or after the requested offset, in offset order as sent. */
  readonly records: readonly JournalRecord[];
  /** Offset to ask for next: after the last record that was sent, handed out or not. */
  readonly next: Offset;
}

/** The broker's answer, or kafkajs's reading of it, is not what 2.2.4 gives. Never retry: somebody changed a version. */
export class KafkaAnswerUnreadable extends Error {
  override readonly name = 'KafkaAnswerUnreadable';
}

/**
 * Reads kafkajs's (untyped) fetch answer for one partition. A broker sends whole batches, so the first records may lie
 * before `from`: they are dropped. Control records (transaction markers) are dropped too: no writer of ours makes them,
 * and the hole they leave is what the caller halts on.
 */
export const parseFetchAnswer = (answer: unknown, from: Offset): Fetched => {
  const partition = only(field(only(field(answer, 'responses')), 'partitions'));
  const messages = field(partition, 'messages');
  if (!Array.isArray(messages)) throw unreadable('messages');
  const records: JournalRecord[] = [];
  let next = from;
  for (const message of messages) {
    const offset = wholeNumber(message, 'offset');
    if (offset < from) continue;
    next = offset + 1;
    if (field(message, 'isControlRecord') === true) continue;
    records.push({ offset, value: bytes(message), appendedAtMs: wholeNumber(message, 'timestamp') });
  }
  return { records, next };
};

const field = (value: unknown, name: string): unknown => {
  if (typeof value !== 'object' || value === null) throw unreadable(name);
  return Reflect.get(value, name);
};

const only = (value: unknown): unknown => {
  if (!Array.isArray(value) || value.length !== 1) throw unreadable('exactly one topic and partition');
  return value[0];
};

const wholeNumber = (message: unknown, name: string): number => {
  const number = Number(field(message, name));
  if (!Number.isSafeInteger(number)) throw unreadable(name);
  return number;
};

const bytes = (message: unknown): Buffer => {
  const value = field(message, 'value');
  // A null value (a tombstone by a foreign writer) is an empty record: readers judge it, nobody skips it.
  if (value === null) return Buffer.alloc(0);
  if (!Buffer.isBuffer(value)) throw unreadable('value');
  return value;
};

const unreadable = (what: string): KafkaAnswerUnreadable =>
  new KafkaAnswerUnreadable(`fetch answer without a proper ${what}; is kafkajs 2.2.4 installed?`);
