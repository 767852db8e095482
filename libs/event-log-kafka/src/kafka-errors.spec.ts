import { isOutOfRange, isPermanent, wordsOf } from './kafka-errors';

describe('kafka errors', () => {
  it('count as permanent what waiting cannot repair, also deep inside what kafkajs wraps', () => {
    const refused = retriesExceeded(protocolError('TOPIC_AUTHORIZATION_FAILED'));
    expect(isPermanent(refused)).toBe(true);
    expect(isPermanent(new Error('outer', { cause: refused }))).toBe(true);
  });

  it.each(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION', 'KAFKA_STORAGE_ERROR'])(
    'wait out %s',
    (type) => {
      expect(isPermanent(retriesExceeded(protocolError(type)))).toBe(false);
    },
  );

  it('wait out lost connections', () => {
    expect(isPermanent(named('KafkaJSConnectionError', {}))).toBe(false);
  });

  it('do not wait for bugs to go away', () => {
    expect(isPermanent(new TypeError('x is not a function'))).toBe(true);
  });

  it('know an offset out of range', () => {
    expect(isOutOfRange(protocolError('OFFSET_OUT_OF_RANGE'))).toBe(true);
  });

  it('end on a ring of causes', () => {
    const ring = new Error('ring');
    ring.cause = ring;
    expect(wordsOf(ring).length).toBeLessThan(20);
  });
});

/** As kafkajs 2.2.4 shapes them: a name, and for a protocol error the broker's word for it in `type`. */
const named = (name: string, more: object): Error => Object.assign(new Error(name), { name, ...more });

const protocolError = (type: string): Error => named('KafkaJSProtocolError', { type, code: 1, retriable: true });

const retriesExceeded = (cause: Error): Error => named('KafkaJSNumberOfRetriesExceeded', { cause });
