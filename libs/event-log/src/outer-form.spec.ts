import fc from 'fast-check';
import type { StreamName } from './event-log.port';
import { EventTooLarge } from './event-log.port';
import { encodeOuterForm, parseOuterForm } from './outer-form';

const stream = 'pairing-code/1' as StreamName;
const event = {
  id: 'e1',
  type: 't.v1',
  time: '2026-01-01T00:00:00Z',
  source: 's',
  data: { a: 1 },
  metadata: { reason: 'r' },
};
const changed = (change: object): Buffer =>
  Buffer.from(JSON.stringify({ ...JSON.parse(encodeOuterForm(stream, 2, event).toString()), ...change }));

describe('outer form', () => {
  it('carries everything in the value, as structured CloudEvents', () => {
    expect(JSON.parse(encodeOuterForm(stream, 2, event).toString())).toEqual({
      specversion: '1.0', id: 'e1', source: 's', type: 't.v1', subject: stream, time: event.time,
      datacontenttype: 'application/json', stream, revision: 2, reason: 'r', data: { a: 1 },
    }); // prettier-ignore
    expect(JSON.parse(encodeOuterForm(stream, 'terminal', event).toString())).toMatchObject({ terminal: true });
  });

  it('carries attributes of a newer writer along unread, so adding one breaks no old reader', () => {
    const parsed = parseOuterForm(changed({ futureattr: 'x', futurenumber: 7 }));
    expect(parsed).toMatchObject({ ok: true, outer: { claim: 2, metadata: { reason: 'r', futureattr: 'x' } } });
  });

  it.each([
    ['a missing id', { id: undefined }], ['an empty stream', { stream: '' }], ['revision 0', { revision: 0 }],
    ['a broken revision', { revision: 1.5 }], ['a text revision', { revision: '2' }], ['a huge revision', { revision: 2 ** 31 }],
    ['both a revision and an end', { terminal: true }], ['a false end', { revision: undefined, terminal: false }],
    ['another specversion', { specversion: '2.0' }], ['a number as type', { type: 5 }],
  ])('never accepts %s', (_, change) => {
    expect(parseOuterForm(changed(change)).ok).toBe(false);
  }); // prettier-ignore

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseOuterForm(Buffer.from(bytes)).ok === 'boolean'));
    fc.assert(fc.property(fc.json(), (text) => typeof parseOuterForm(Buffer.from(text)).ok === 'boolean'));
  });

  it('refuses what does not fit one record, and metadata that would change the outer form', () => {
    expect(() => encodeOuterForm(stream, 1, { ...event, data: 'x'.repeat(70_000) })).toThrow(EventTooLarge);
    expect(() => encodeOuterForm(stream, 1, { ...event, metadata: { revision: '9' } })).toThrow(TypeError);
    expect(() => encodeOuterForm(stream, 1, { ...event, metadata: { 'Not-Allowed': 'x' } })).toThrow(TypeError);
  });

  it('reads back what it wrote, for any body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 1 }), (data, id) => {
        const parsed = parseOuterForm(encodeOuterForm(stream, 1, { ...event, id, data }));
        expect(parsed).toMatchObject({ ok: true, outer: { id, data: JSON.parse(JSON.stringify(data)) as unknown } });
      }),
    );
  });
});
