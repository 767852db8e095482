import { generateCode } from '@openclaw/contracts';
import * as fc from 'fast-check';
import { newToken } from '../security/token';
import { redact, redactKeys } from './redact';

const KEYS: Readonly<Record<string, () => string>> = {
  'a code': () => generateCode(),
  'an operator token': () => newToken('operator'),
  'a service token': () => newToken('service'),
  'an OpenAI key': () => `sk-proj-${'aB3_'.repeat(10)}`,
  'an Anthropic key': () => `sk-ant-api03-${'x9-'.repeat(12)}`,
  'a Google key': () => `AIza${'Sy4'.repeat(12)}`,
};

describe.each(Object.entries(KEYS))('redaction of %s', (_, secret) => {
  /** Text as it stands around a secret; a letter or digit right before it would make it another word. */
  const around = fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replace(/[A-Za-z0-9_-]+/g, ' '));

  it('leaves nothing of it in a line of JSON, wherever it stands, and the line stays JSON', () => {
    fc.assert(
      fc.property(around, around, (before, after) => {
        const value = secret();
        const line = JSON.stringify({ msg: before + value + after, stack: `Error: x\n${value}\n  at y` });
        const redacted = redact(line);
        expect(redacted).not.toContain(value.slice(8));
        expect(() => void JSON.parse(redacted)).not.toThrow();
      }),
    );
  });

  it('leaves nothing of it in a text that goes on record', () => {
    const value = secret();
    expect(redactKeys(`scope ${value}`)).not.toContain(value.slice(8));
  });
});

describe('redaction', () => {
  it.each(['a code', 'an operator token', 'a service token'])('knows %s in base64, at each alignment', (kind) => {
    const value = KEYS[kind]?.() ?? '';
    for (const before of ['', ' ', '  ']) {
      const encoded = Buffer.from(before + value).toString('base64');
      expect(redact(`Basic ${encoded}`)).not.toContain(encoded.slice(12));
      expect(redact(`"${encoded}"`)).not.toContain(encoded.slice(12));
    }
  });

  it('takes passwords out of addresses, credentials out of headers, and leaves a hint of a hash', () => {
    expect(redact('postgresql://u:p4ss@h:5/d')).toBe('postgresql://u:[redacted]@h:5/d');
    expect(redact('authorization: Bearer abcdefghij')).toBe('authorization: Bearer [redacted]');
    expect(redact(`hash ${'0123456789abcdef'.repeat(4)}.`)).toBe('hash 01234567[redacted].');
  });

  it.each([
    'risk-assessment-of-the-week: task-force-nine-hundred',
    'openclaw.pairing-code.issued.v1 43b58f6279426eb84e291c253f at http://127.0.0.1:7100/v1/codes',
    '4bf92f3577b34da6a3ce929d0e0e4736 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ])('leaves what is no secret as it is: %s', (text) => {
    expect(redact(text)).toBe(text);
    expect(redactKeys(text)).toBe(text);
  });
});
