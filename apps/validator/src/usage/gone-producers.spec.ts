import { type UsageEvent, usageCodec } from '@openclaw/contracts';
import { InMemoryJournalServer, InMemoryJournalStore, type Journal, openEventLog } from '@openclaw/event-log';
import { RenewalBook, type Renewal, systemTime } from '@openclaw/freshness';
import { declareGone } from './gone-producers';

const BOUND_MS = 20;
const TOPIC = 'usage';
const APPENDED_AT = 1_700_000_000_000;

describe('predecessors whose spool is gone', () => {
  let store: InMemoryJournalStore;
  let journals: Journal[];
  let renewals: RenewalBook;
  const told: string[] = [];
  beforeEach(async () => {
    store = new InMemoryJournalStore(new InMemoryJournalServer());
    await store.ensureTopics([{ topic: TOPIC, partitions: 2, retention: 'forever' }]);
    journals = [await store.open(TOPIC, 0), await store.open(TOPIC, 1)];
    renewals = new RenewalBook();
    told.length = 0;
  });
  afterEach(() => store.close());

  const renew = (incarnation: string, validator = 'v-1'): void => {
    const at = { applied: 1, chainHash: '', head: 1, covers: 0, logId: 'l', nonce: 1 } as unknown as Renewal;
    const record: Renewal = { ...at, kind: 'renewal', incarnation, validator, boundMs: BOUND_MS, lastSequence: [7, 0] };
    renewals.onRecord({ offset: 0, appendedAtMs: APPENDED_AT, readAtMs: systemTime.monotonic.nowMs(), record });
  };
  const declare = (known: readonly string[]): Promise<void> =>
    declareGone(
      {
        successor: {
          validator: 'v-1',
          journals,
          origin: { source: 'v-1', newId: () => 'id', now: () => new Date(0) },
          nowMs: () => APPENDED_AT,
          onTrouble: () => undefined,
        },
        renewals,
        known: new Set(known),
        onNamesake: (incarnation) => told.push(`lives: ${incarnation}`),
        onLost: (incarnation) => told.push(`lost: ${incarnation}`),
      },
      AbortSignal.timeout(5000),
    );
  /** What counts on a partition. */
  const accepted = async (partition: number): Promise<readonly UsageEvent[]> => {
    const log = await openEventLog(await store.open(TOPIC, partition), { source: 'spec', role: 'reader' });
    const events: UsageEvent[] = [];
    for await (const { entries, caughtUp } of log.follow('beginning', AbortSignal.timeout(5000))) {
      for (const entry of entries) {
        const decoded = entry.kind === 'event' ? usageCodec.decode(entry.event.type, entry.event.data) : undefined;
        if (decoded?.understood === true) events.push(decoded.event);
      }
      if (caughtUp) break;
    }
    await log.close();
    return events;
  };

  it('are declared lost in every partition, up to the end of their last lease, though nothing of them is on the log', async () => {
    renew('gone');
    await declare(['own']);
    expect(told).toEqual(['lost: gone']);
    for (const [partition, lastKnown] of [7, 0].entries()) {
      const lost = {
        producer: 'gone',
        partition,
        lastKnown,
        from: APPENDED_AT,
        to: APPENDED_AT + BOUND_MS,
        declaredBy: 'v-1',
      };
      expect(await accepted(partition)).toMatchObject([
        { type: 'ProducerOpened' },
        { type: 'ProducerLost', data: lost },
      ]);
    }
  });

  it('are left alone when they are accounted for, have another name, or renew again: somebody else has the name', async () => {
    renew('left');
    renew('other', 'v-2');
    renew('living');
    const declared = declare(['own', 'left']);
    renew('living');
    await declared;
    expect(told).toEqual(['lives: living']);
    expect(await journals[0]?.bounds(AbortSignal.timeout(1000))).toEqual({ oldest: 0, next: 0 });
  });
});
