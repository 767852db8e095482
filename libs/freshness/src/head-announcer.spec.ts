import { InMemoryJournalStore, type LogHead, type Position } from '@openclaw/event-log';
import { eventually, GatedJournal, ManualTime } from '../testing';
import { CoordinationFeed } from './coordination-feed';
import { LogCoordination } from './log-coordination';

const headAt = (position: number): LogHead => ({
  logId: 'log',
  position: position as Position,
  chainHash: '0'.repeat(64),
});

describe('the announcer of heads', () => {
  let journal: GatedJournal;
  let feed: CoordinationFeed;
  let coordination: LogCoordination;
  let applied = headAt(1);

  beforeEach(async () => {
    const time = new ManualTime();
    journal = new GatedJournal(await new InMemoryJournalStore().open('coordination'));
    feed = new CoordinationFeed(journal, time.monotonic);
    coordination = new LogCoordination(feed, time, { name: 'writer/1', role: 'writer' });
    await coordination.start({ logId: 'log', applied: () => applied });
  });
  afterEach(async () => {
    journal.appends.open();
    await coordination.close();
    await feed.close();
  });

  it('lets 64 callers of one turn share one head', async () => {
    applied = headAt(64);
    await Promise.all(Array.from({ length: 64 }, (_, i) => coordination.announce(headAt(i + 1))));
    expect(journal.sent).toMatchObject([{ kind: 'head', position: 64 }]);
  });

  it('keeps one head in flight; all who come meanwhile share the next', async () => {
    journal.appends.shut();
    applied = headAt(1);
    const first = coordination.announce(headAt(1));
    await eventually('a head is in flight', () => journal.sent.length === 1);
    const rest = Array.from({ length: 63 }, (_, i) => coordination.announce((applied = headAt(i + 2))));
    journal.appends.open();
    await Promise.all([first, ...rest]);
    expect(journal.sent).toMatchObject([{ position: 1 }, { position: 64 }]);
  });

  it('answers at once what a committed head already covers', async () => {
    applied = headAt(9);
    await coordination.announce(headAt(9));
    await coordination.announce(headAt(5));
    expect(journal.sent).toHaveLength(1);
  });

  it('says covers only as far as it has read, once every head it read is applied', async () => {
    applied = headAt(3);
    await coordination.announce(headAt(3));
    await eventually('its own head is read', () => feed.view?.next === 1);
    await coordination.announce((applied = headAt(4)));
    await eventually('and the next', () => feed.view?.next === 2);
    await coordination.announce((applied = headAt(5)));
    expect(journal.sent).toMatchObject([{ covers: 0 }, { covers: 1 }, { covers: 2 }]);
  });
});
