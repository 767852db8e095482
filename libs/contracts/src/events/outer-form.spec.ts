import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { domainEvent } from '@openclaw/contracts/testing';
import { encodeOuterForm, LOG_OPENED, parseOuterForm, WRITER_STARTED, type StreamName } from '@openclaw/event-log';
import { domainCodec, encodeBody } from './domain.events';

const schema = JSON.parse(readFileSync(join(__dirname, '../../events/v1/outer-form.schema.json'), 'utf8')) as object;
const valid = addFormats(new Ajv2020({ strict: true, strictRequired: false })).compile(schema);

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 });
const record = fc
  .record({ id: text, stream: text, source: text, claim: fc.integer({ min: 1, max: 2 ** 31 - 1 }), event: domainEvent })
  .map(({ id, stream, source, claim, event }) => {
    const { type, terminal, data } = encodeBody(event);
    const time = '2026-01-02T03:04:05.678Z';
    return encodeOuterForm(stream as StreamName, terminal ? 'terminal' : claim, { id, type, time, source, data });
  });
const ATTRIBUTES = ['specversion', 'id', 'source', 'type', 'time', 'stream', 'revision', 'terminal', 'data', 'authid'];

describe('published outer form', () => {
  it('takes every record that the event log writes', () => {
    fc.assert(
      fc.property(record, (value) => expect([valid(JSON.parse(value.toString())), valid.errors]).toEqual([true, null])),
    );
  });

  it('takes nothing that the event log would not accept: a foreign writer that keeps it is read', () => {
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(true, false, 0, -1, 1.5, 2 ** 31, '', '1.0', null, 'x'.repeat(600)),
    );
    fc.assert(
      fc.property(
        record,
        fc.constantFrom(...ATTRIBUTES),
        fc.option(odd, { nil: undefined }),
        (value, name, replaced) => {
          const json = { ...(JSON.parse(value.toString()) as object), [name]: replaced };
          const bytes = Buffer.from(JSON.stringify(json));
          if (valid(JSON.parse(bytes.toString()))) expect(parseOuterForm(bytes).ok).toBe(true);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('names what the event log writes about itself as the event log does', () => {
    expect(domainCodec.forms.LogOpened.wireType).toBe(LOG_OPENED);
    expect(domainCodec.forms.WriterStarted.wireType).toBe(WRITER_STARTED);
  });
});
