import { SecretUnreadable, SecretValue } from '@openclaw/secret-store';
import { inspect } from 'node:util';
import { rewrapped, seal, unseal } from './envelope';
import { KeyRing, newKeyLine } from './key-ring';

const ring = (...lines: string[]): KeyRing => KeyRing.parse(lines.join('\n'), 'test');
const place = { name: 'master-key/a', version: 1 };

describe('an envelope', () => {
  it('opens with its key, at its place, and with no bit changed: nowhere else', () => {
    const keys = ring(newKeyLine());
    const envelope = seal(new SecretValue('plain'), place, keys);
    expect(unseal(envelope, place, keys).reveal()).toBe('plain');
    const elsewhere = [
      { ...place, name: 'master-key/b' },
      { ...place, version: 2 },
    ];
    for (const other of elsewhere) expect(() => unseal(envelope, other, keys)).toThrow(SecretUnreadable);
    expect(() => unseal(envelope, place, ring(newKeyLine()))).toThrow(SecretUnreadable);
    for (const part of ['wrappedKey', 'sealed'] as const) {
      for (let bit = 0; bit < envelope[part].length * 8; bit += 1) {
        const changed = Buffer.from(envelope[part]);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => unseal({ ...envelope, [part]: changed }, place, keys)).toThrow(SecretUnreadable);
      }
      expect(() => unseal({ ...envelope, [part]: Buffer.alloc(3) }, place, keys)).toThrow(SecretUnreadable);
    }
  });

  it('parts of two envelopes do not fit together, and equal secrets look different', () => {
    const keys = ring(newKeyLine());
    const [one, two] = [seal(new SecretValue('same'), place, keys), seal(new SecretValue('same'), place, keys)];
    expect(one.sealed).not.toEqual(two.sealed);
    expect(() => unseal({ ...one, wrappedKey: two.wrappedKey }, place, keys)).toThrow(SecretUnreadable);
  });

  it('rewrapped under a new key it opens without the old one, and its value was not encrypted again', () => {
    const [old, fresh] = [newKeyLine(), newKeyLine()];
    const before = seal(new SecretValue('plain'), place, ring(old));
    const after = rewrapped(before, place, ring(fresh, old));
    expect(after.sealed).toEqual(before.sealed);
    expect(unseal(after, place, ring(fresh)).reveal()).toBe('plain');
    expect(() => unseal(before, place, ring(fresh))).toThrow(/key ring/);
  });
});

describe('a key ring', () => {
  it('wraps with its first key, reads with all, and is never printed', () => {
    const [one, two] = [newKeyLine(), newKeyLine()];
    const keys = ring('# comment', '', one, ` ${two} `);
    expect(keys.currentId).toBe(ring(one).currentId);
    expect(keys.ids).toEqual([ring(one).currentId, ring(two).currentId]);
    const printed = [inspect(keys, { showHidden: true, depth: 5 }), JSON.stringify(keys)].join();
    for (const line of [one, two]) {
      expect(printed).not.toContain(line);
      expect(printed).not.toContain(Buffer.from(line, 'base64').toString('hex').slice(0, 8));
    }
  });

  it('refuses what is no key, by line, without quoting it', () => {
    for (const bad of ['marker', 'bWFya2Vy', `${newKeyLine()}=`]) {
      expect(() => KeyRing.parse(`# first\n${bad}`, 'keys')).toThrow('keys, line 2: not a key of 32 bytes in base64');
    }
    expect(() => KeyRing.parse('# nothing', 'keys')).toThrow('there is no key in it');
  });
});
