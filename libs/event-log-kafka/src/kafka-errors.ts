/**
 * What cannot be repaired by waiting: a refusal by policy, or bytes that this client cannot read. Everything else
 * (elections, closed sockets, lagging metadata, time-outs, codes younger than kafkajs 2.2.4) is waited out.
 */
const PERMANENT: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'INVALID_TOPIC_EXCEPTION',
  'CORRUPT_MESSAGE',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'KafkaJSSASLAuthenticationError',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSNotImplemented',
  'KafkaJSUnsupportedMagicByteInMessageSet',
  // Our own words, and bugs: neither gets better with time.
  'JournalClosed',
  'JournalSettingsRefused',
  'KafkaLogTruncated',
  'KafkaAnswerUnreadable',
  'TypeError',
  'RangeError',
  'ReferenceError',
]);

export const isPermanent = (error: unknown): boolean => wordsOf(error).some((word) => PERMANENT.has(word));

export const isOutOfRange = (error: unknown): boolean => wordsOf(error).includes('OFFSET_OUT_OF_RANGE');

/** Names and protocol types along the chain of causes, and of every part of an aggregate. */
export const wordsOf = (error: unknown, depth = 0): readonly string[] => {
  if (!(error instanceof Error) || depth > CHAIN_MAX) return [];
  const own = [error.name, textProperty(error, 'type')].filter((word) => word !== undefined);
  return [...own, ...partsOf(error).flatMap((part) => wordsOf(part, depth + 1)), ...wordsOf(error.cause, depth + 1)];
};

/** The errors inside kafkajs's aggregate (creating several topics), else none. */
export const partsOf = (error: unknown): readonly unknown[] => {
  const parts: unknown = error instanceof Error && 'errors' in error ? error.errors : undefined;
  return Array.isArray(parts) ? parts : [];
};

export const textProperty = (error: unknown, name: string): string | undefined => {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
};

/** Bounds the walk: a chain of causes may be a ring. */
const CHAIN_MAX = 8;
