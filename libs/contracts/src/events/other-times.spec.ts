import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evolvePairingCode, unissued } from '@openclaw/domain';
import { parseOuterForm, type OuterForm } from '@openclaw/event-log';
import { decodeBody } from './domain.events';
import { isPairingCodeEvent } from './event-families';

const golden = join(__dirname, '../../golden');
const recordsOf = (era: 'older' | 'newer'): readonly string[] => readdirSync(join(golden, era));

/** The outer form of a stored record, as every reader of any age judges it. */
const read = (era: 'older' | 'newer', file: string): OuterForm => {
  const parsed = parseOuterForm(readFileSync(join(golden, era, file)));
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.outer;
};

describe('records of other times', () => {
  it.each(recordsOf('older'))('a reader of today folds %s', (file) => {
    const { type, data } = read('older', file);
    const decoded = decodeBody(type, data);
    expect(decoded).toMatchObject({ understood: true });
    if (decoded.understood && isPairingCodeEvent(decoded.event)) {
      expect(evolvePairingCode(unissued, decoded.event).status).toBe('active');
    }
  });

  it('a code from before codes had a freshness bound has the bound of the deployment', () => {
    const { type, data } = read('older', 'pairing-code.issued.v1.without-freshness-bound.json');
    expect(decodeBody(type, data)).toMatchObject({
      understood: true,
      event: { data: { settings: { freshnessBoundMs: null } } },
    });
  });

  it('adding fields breaks no old reader: it reads the record as if they were not there', () => {
    const [newer, older] = [
      read('newer', 'pairing-code.issued.v1.with-unknown-fields.json'),
      read('older', 'pairing-code.issued.v1.without-freshness-bound.json'),
    ];
    expect(decodeBody(newer.type, newer.data)).toEqual(decodeBody(older.type, older.data));
    expect(newer.metadata).toMatchObject({ ...older.metadata, tenantid: 'tenant-1' });
  });

  it.each([
    'pairing-code.issued.v2.with-a-new-restriction.json',
    'pairing-code.updated.v1.with-an-unknown-setting.json',
  ])('a restriction that an old reader cannot honour is accepted and not understood, never ignored: %s', (file) => {
    const { type, data, claim } = read('newer', file);
    expect(claim).toBeGreaterThan(0);
    expect(decodeBody(type, data)).toMatchObject({ understood: false });
  });
});
