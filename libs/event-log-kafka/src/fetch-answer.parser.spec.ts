import { KafkaAnswerUnreadable, parseFetchAnswer } from './fetch-answer.parser';

const answer = (messages: readonly unknown[]): unknown => ({ responses: [{ partitions: [{ messages }] }] });

const message = (offset: number, overrides: object = {}): object => ({
  offset: String(offset),
  timestamp: '1700000000000',
  value: Buffer.from('v'),
  isControlRecord: false,
  ...overrides,
});

describe('parseFetchAnswer', () => {
  it('keeps bytes, offsets and the time of the log', () => {
    const value = Buffer.from([0, 255, 10]);
    expect(parseFetchAnswer(answer([message(7, { value, timestamp: '1700000000123' })]), 7)).toEqual({
      records: [{ offset: 7, value, appendedAtMs: 1_700_000_000_123 }],
      next: 8,
    });
  });

  it('drops what lies before the wanted offset: a broker sends whole batches', () => {
    const { records, next } = parseFetchAnswer(answer([message(5), message(6), message(7)]), 6);
    expect(records.map(({ offset }) => offset)).toEqual([6, 7]);
    expect(next).toBe(8);
  });

  it('stays where it is when nothing came', () => {
    expect(parseFetchAnswer(answer([]), 42)).toEqual({ records: [], next: 42 });
  });

  it('leaves a hole where a control record was, and gets past it', () => {
    const { records, next } = parseFetchAnswer(answer([message(1), message(2, { isControlRecord: true })]), 1);
    expect(records.map(({ offset }) => offset)).toEqual([1]);
    expect(next).toBe(3);
  });

  it('hands out holes as they are: judging them is the business of the caller', () => {
    const { records } = parseFetchAnswer(answer([message(1), message(4)]), 1);
    expect(records.map(({ offset }) => offset)).toEqual([1, 4]);
  });

  it('hands out a record without a value as an empty one, never skips it', () => {
    expect(parseFetchAnswer(answer([message(1, { value: null })]), 1).records[0]?.value).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['nothing', undefined],
    ['no responses', {}],
    ['two partitions', { responses: [{ partitions: [{ messages: [] }, { messages: [] }] }] }],
    ['no messages', { responses: [{ partitions: [{}] }] }],
    ['an offset that is no number', answer([message(1, { offset: 'x' })])],
    ['a value that is text', answer([message(1, { value: 'text' })])],
  ])('refuses an answer with %s', (_, unreadable) => {
    expect(() => parseFetchAnswer(unreadable, 0)).toThrow(KafkaAnswerUnreadable);
  });
});
