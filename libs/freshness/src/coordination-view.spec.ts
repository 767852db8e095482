import type { Position } from '@openclaw/event-log';
import type { Head, Renewal } from './codec';
import { COVERS_NOTHING } from './codec';
import { CoordinationView } from './coordination-view';

const at = (position: number): Position => position as Position;
const hashAt = (position: number): string => position.toString(16).padStart(64, '0');
const head = (position: number, covers = 0): Head => ({
  kind: 'head', writer: 'w', logId: 'log', position: at(position), chainHash: hashAt(position), covers,
}); // prettier-ignore
const renewal = (knows: number, covers: number, applied = 0): Renewal => ({
  kind: 'renewal', validator: 'v', incarnation: 'i', nonce: 1, logId: 'log', boundMs: 1000, applied: at(applied),
  chainHash: hashAt(applied), lastSequence: [], head: at(knows), covers,
}); // prettier-ignore

describe('the view of coordination', () => {
  it('needs the greatest head, whatever order heads come in', () => {
    const view = new CoordinationView('log');
    for (const [offset, position] of [3, 9, 4, 9].entries()) view.admit(offset, head(position));
    expect(view.need).toBe(9);
    expect(view.next).toBe(4);
  });

  it('is covered at offset 0, too, only by a record that claims it: the journal may have been made again', () => {
    const view = new CoordinationView('log');
    view.admit(0, head(5, COVERS_NOTHING));
    expect(view.covered).toBe(false);
    view.admit(1, head(7, 0));
    expect(view.covered).toBe(true);
  });

  it('is covered behind an expired prefix only by a record that covers the start, a head or a renewal', () => {
    for (const covering of [head(20, 100), renewal(20, 100)]) {
      const view = new CoordinationView('log');
      view.admit(100, head(5, 99));
      expect(view.covered).toBe(false);
      view.admit(101, covering);
      expect(view.covered).toBe(true);
      expect(view.need).toBe(20);
    }
  });

  it('passes coverage on only with a position at or after every head it knows', () => {
    const view = new CoordinationView('log');
    view.admit(100, head(5, 0));
    expect(view.coversUpTo(at(1000))).toBe(COVERS_NOTHING);
    view.admit(101, head(20, 100));
    expect(view.coversUpTo(at(19))).toBe(COVERS_NOTHING);
    expect(view.coversUpTo(at(20))).toBe(102);
  });

  it('starts again behind a hole: known heads stay, coverage does not', () => {
    const view = new CoordinationView('log');
    view.admit(0, head(5));
    expect(view.admit(3, head(2))).toEqual({ outcome: 'restarted', expected: 1 });
    expect(view.covered).toBe(false);
    expect(view.need).toBe(5);
    view.admit(4, head(9, 3));
    expect(view.covered).toBe(true);
  });

  it('halts at a step back', () => {
    const view = new CoordinationView('log');
    view.admit(7, head(5));
    expect(view.admit(7, head(5)).outcome).toBe('halt');
  });

  it('halts at a record of another log', () => {
    expect(new CoordinationView('log').admit(0, { ...head(5), logId: 'other' }).outcome).toBe('halt');
  });

  it('halts at two chain hashes for one position, from whichever records', () => {
    const view = new CoordinationView('log');
    view.admit(0, head(5));
    expect(view.admit(1, renewal(5, 0, 5)).outcome).toBe('next');
    expect(view.admit(2, { ...renewal(5, 0, 5), chainHash: hashAt(6) }).outcome).toBe('halt');
    expect(view.compare({ logId: 'log', position: at(5), chainHash: hashAt(6) })).toBe('two histories at position 5');
  });

  it('counts what does not parse and ignores what it does not know', () => {
    const view = new CoordinationView('log');
    for (const [offset, kind] of (['unparsable', 'unknown', 'unparsable'] as const).entries())
      view.admit(offset, { kind });
    expect(view.unparsable).toBe(2);
    expect(view.next).toBe(3);
  });
});
