import { type Journal, encodeOuterForm, streamName } from '@openclaw/event-log';
import type { SpoolRecord } from '@openclaw/usage-spool';
import { UsageSender } from './usage-sender';

const recordOf = (sequence: number, claim: number | 'terminal' = sequence): SpoolRecord => {
  const event = {
    id: `e-${sequence}`,
    type: 't',
    time: '2026-01-01T00:00:00Z',
    source: 'v',
    data: { note: '"terminal":true' },
  };
  return { partition: 0, sequence, key: 'k', value: encodeOuterForm(streamName('usage/p/0'), claim, event) };
};

/** A journal that takes what `takes` lets it take. */
const journalOf = (takes: (value: Buffer) => boolean): Journal & { readonly taken: Uint8Array[] } => {
  const taken: Uint8Array[] = [];
  return {
    name: 'usage/0',
    taken,
    append: async ({ value }) => {
      if (!takes(Buffer.from(value))) throw new Error('no');
      taken.push(value);
    },
    read: () => {
      throw new Error('nobody reads');
    },
    bounds: async () => ({ oldest: 0, next: 1 }),
  };
};

describe('sending usage records', () => {
  const origin = { source: 'v', newId: () => 'id', now: () => new Date(0) };
  const senderTo = (journal: Journal): UsageSender =>
    new UsageSender({ journal, origin, onAcknowledged: async () => undefined, onTrouble: () => undefined });

  it('sends again, in order, from the first that was not acknowledged', async () => {
    let fails = 2;
    const journal = journalOf((value) => !value.includes('e-2"') || fails-- <= 0);
    const sender = senderTo(journal);
    for (const sequence of [1, 2, 3]) sender.push(recordOf(sequence));
    expect(await sender.close(AbortSignal.timeout(5000))).toBe(0);
    const ids = journal.taken.map((value) => /e-\d/.exec(Buffer.from(value).toString())?.[0]);
    expect(ids.slice(-2)).toEqual(['e-2', 'e-3']);
  });

  it('never ends a stream before everything in it is acknowledged: an end is accepted wherever it comes', async () => {
    let isEnded = false;
    let fails = 3;
    const journal = journalOf((value) => {
      if (value.includes('e-2"') && fails-- > 0) return false;
      if (value.includes('e-3"')) isEnded = true;
      else if (isEnded) throw new Error('a record after the end');
      return true;
    });
    const sender = senderTo(journal);
    sender.push(recordOf(1));
    sender.push(recordOf(2));
    sender.push(recordOf(3, 'terminal'));
    expect(await sender.close(AbortSignal.timeout(5000))).toBe(0);
    expect(journal.taken.map((value) => /e-\d/.exec(Buffer.from(value).toString())?.[0])).toEqual([
      'e-1',
      'e-2',
      'e-3',
    ]);
  });
});
