import fc from 'fast-check';
import { USAGE_EXAMPLES } from '@openclaw/contracts/testing';
import { encodeOuterForm, MAX_RECORD_BYTES, type StreamName } from '@openclaw/event-log';
import { deadLetter, deadLetterCodec } from './dead-letter.events';
import { usageCodec } from './usage.events';
import { recordableText } from './wire-values';

const outer = { id: 'i', time: '2026-01-02T03:04:05Z', source: 's' };

describe('hostile values', () => {
  it('a dead letter of the largest record fits one record itself', () => {
    const about = {
      topic: 'openclaw.lifecycle.v1',
      partition: 0,
      position: 'p1.1a.log-1',
      stream: '\u0000'.repeat(512),
      kind: 'unparsable' as const,
      reason: '\u0000'.repeat(100_000),
      reader: 'audit/trail',
    };
    const { type, data } = deadLetterCodec.encode(deadLetter(about, Buffer.alloc(MAX_RECORD_BYTES, 0xff)));
    const value = encodeOuterForm('dead-letter/1' as StreamName, 1, { ...outer, type, data });
    expect(value.length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(data).toMatchObject({ bytes: MAX_RECORD_BYTES });
  });

  it.each(['\u0000', '\ud800', '__proto__', '../../%2e', '\u{1F511}'.repeat(300), 'x'.repeat(1_000_000)])(
    'a use that asks for something hostile is recorded as it was, written out, or clipped (%#)',
    (hostile) => {
      const [example] = USAGE_EXAMPLES;
      if (example?.type !== 'UsageDecided') throw new Error('the first example is a decision');
      const asked = recordableText(hostile);
      const data = {
        ...example.data,
        service: asked,
        resource: asked,
        action: asked,
        sourceIp: asked,
        endpoint: asked,
      };
      const body = usageCodec.encode({ type: 'UsageDecided', data });
      const value = encodeOuterForm('usage/p/0' as StreamName, 2, { ...outer, type: body.type, data: body.data });
      const read = (JSON.parse(value.toString()) as { readonly data: unknown }).data;
      expect(usageCodec.decode(body.type, read)).toEqual({ understood: true, event: { type: 'UsageDecided', data } });
    },
  );
});

describe('a text of strangers on record', () => {
  const any = fc.string({ unit: 'binary', maxLength: 2000 });

  it('fits, and holds nothing that PostgreSQL or JSON could not hold', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 8, max: 600 }), (value, max) => {
        const recorded = recordableText(value, max);
        expect(recorded.length).toBeLessThanOrEqual(max);
        expect(recorded.isWellFormed()).toBe(true);
        expect(recorded).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('is as it was when there is nothing to write out, and shows what was there when there is', () => {
    expect(recordableText('POST /v1/chat – Grüße 🦀')).toBe('POST /v1/chat – Grüße 🦀');
    expect(recordableText('a\u0000b\ud800\n')).toBe('a\\u0000b\\ud800\\u000a');
    expect(recordableText('🦀'.repeat(400), 9)).toBe('🦀🦀🦀🦀…');
  });
});
