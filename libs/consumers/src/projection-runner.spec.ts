import { InMemoryProjectionStore } from '@openclaw/consumers/testing';
import { type EventLog, InMemoryJournalStore, openEventLog } from '@openclaw/event-log';
import { FaultyJournal, aStream, anEvent } from '@openclaw/event-log/testing';
import { type ProjectionBatch, type Quarantined, StoreUnavailable } from './projection.port';
import { ProjectionRunner } from './projection-runner';

const soon = (): AbortSignal => AbortSignal.timeout(4000);

describe('projection runner', () => {
  let store: InMemoryJournalStore;
  let log: EventLog;
  const running: ProjectionRunner[] = [];

  beforeEach(async () => {
    store = new InMemoryJournalStore();
    log = await openEventLog(await store.open('log'), { source: 'test', role: 'writer' });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((runner) => runner.stop()));
    await log.close();
    await store.close();
  });

  const start = async (
    projection: InMemoryProjectionStore,
    deadLetter?: (letter: Quarantined) => Promise<void>,
  ): Promise<ProjectionRunner> => {
    const runner = await ProjectionRunner.start({ log, store: projection, retryMs: 5, deadLetter });
    running.push(runner);
    return runner;
  };
  const append = async (
    stream = aStream(),
    revision = 1,
    data: unknown = 'fine',
    type?: string,
  ): Promise<typeof stream> => {
    const result = await log.append(stream, revision, anEvent(data, type));
    expect(result.outcome).toBe('appended');
    return stream;
  };
  const rowsOf = (projection: InMemoryProjectionStore, stream: string): number[] =>
    projection.rows.filter((row) => row.stream === stream).map((row) => row.revision);

  it('goes on after its saved checkpoint: every event once, none twice', async () => {
    const projection = new InMemoryProjectionStore();
    const stream = await append();
    const first = await start(projection);
    await first.subscription.caughtUp(soon());
    await first.stop();
    await append(stream, 2);
    const second = await start(projection);
    await second.subscription.reached(log.head().position, soon());
    expect(rowsOf(projection, stream)).toEqual([1, 2]);
    expect(second.lag()).toMatchObject({ records: 0, behindForMs: 0 });
  });

  it('starts from zero when the fold has another version', async () => {
    const old = new InMemoryProjectionStore(1);
    await append();
    const first = await start(old);
    await first.subscription.caughtUp(soon());
    const renewed = new InMemoryProjectionStore(2);
    renewed.checkpoint = old.checkpoint;
    await (await start(renewed)).subscription.caughtUp(soon());
    expect(renewed.rows).toEqual(old.rows);
  });

  it('refuses to mix two logs in one read model', async () => {
    const projection = new InMemoryProjectionStore();
    const runner = await start(projection);
    await runner.subscription.caughtUp(soon());
    if (projection.checkpoint !== undefined) projection.checkpoint = { ...projection.checkpoint, logId: 'another' };
    await expect(start(projection)).rejects.toThrow(/rebuild it/);
  });

  it('waits for a store that does not answer, repeats the same batch, and shows the growing lag', async () => {
    let down = 3;
    const projection = new InMemoryProjectionStore(1, () => {
      if (down-- > 0) throw new StoreUnavailable('planted');
    });
    const stream = await append();
    const runner = await start(projection);
    expect(runner.lag().records).toBeGreaterThan(0);
    await runner.subscription.reached(log.head().position, soon());
    expect(rowsOf(projection, stream)).toEqual([1]);
    expect(projection.commits).toBeGreaterThan(3);
  });

  it('measures its lag by the end that the store tells, also while the log itself is not read that far', async () => {
    const inner = await store.open('held');
    const writer = await openEventLog(inner, { source: 'writer', role: 'writer' });
    let isHeld = false;
    const released = Promise.withResolvers<void>();
    const held = new FaultyJournal(inner, {
      onRead: async (records) => {
        if (isHeld) await released.promise;
        return records;
      },
    });
    const reader = await openEventLog(held, { source: 'reader', role: 'reader' });
    const runner = await ProjectionRunner.start({ log: reader, store: new InMemoryProjectionStore() });
    await runner.subscription.caughtUp(soon());
    isHeld = true;
    for (let i = 0; i < 5; i += 1) await writer.append(aStream(), 1, anEvent('late'));
    expect(reader.head().position).toBeLessThan(writer.head().position);
    expect(await runner.measuredLag(1000)).toMatchObject({ records: 5 });
    released.resolve();
    await runner.subscription.reached(writer.head().position, soon());
    expect(await runner.measuredLag(1000)).toMatchObject({ records: 0, behindForMs: 0 });
    await runner.stop();
    await reader.close();
    await writer.close();
  });

  it('quarantines an event that it cannot understand and what follows on its stream, and stalls no other stream', async () => {
    const letters: Quarantined[] = [];
    const projection = new InMemoryProjectionStore();
    const strange = await append();
    const other = await append();
    await append(strange, 2, {}, 'openclaw.from-the-future.v2');
    await append(strange, 3);
    await append(other, 2);
    const runner = await start(projection, async (letter) => void letters.push(letter));
    await runner.subscription.reached(log.head().position, soon());
    expect(rowsOf(projection, strange)).toEqual([1]);
    expect(rowsOf(projection, other)).toEqual([1, 2]);
    expect(projection.quarantined.map(({ kind, stream }) => [kind, stream])).toEqual([
      ['not-understood', strange],
      ['held', strange],
    ]);
    expect(letters.map((letter) => letter.kind)).toEqual(['not-understood']);
    expect(runner.quarantinedStreams).toBe(1);
  });

  it('takes a batch apart when one record in it cannot be stored: only that one is quarantined', async () => {
    const poison = (batch: ProjectionBatch): void => {
      if (batch.apply.some((entry) => entry.event.data === 'poison')) throw new Error('invalid byte sequence');
    };
    const projection = new InMemoryProjectionStore(1, poison);
    const streams = [await append(), await append(undefined, 1, 'poison'), await append()];
    for (const stream of streams) await append(stream, 2);
    const runner = await start(projection);
    await runner.subscription.reached(log.head().position, soon());
    expect(streams.map((stream) => rowsOf(projection, stream))).toEqual([[1, 2], [], [1, 2]]);
    expect(projection.quarantined.map((one) => one.kind)).toEqual(['failed', 'held']);
    expect(projection.checkpoint).toMatchObject(log.head());
  });

  it('keeps an unparsable record with its reason', async () => {
    const projection = new InMemoryProjectionStore();
    await (await store.open('log')).append({ key: 'x', value: Buffer.from('junk') });
    const stream = await append();
    const runner = await start(projection);
    await runner.subscription.reached(log.head().position, soon());
    expect(projection.quarantined).toMatchObject([{ kind: 'unparsable', reason: 'not JSON', stream: undefined }]);
    expect(rowsOf(projection, stream)).toEqual([1]);
  });

  it('ends loudly when the log halts', async () => {
    const projection = new InMemoryProjectionStore();
    const runner = await start(projection);
    await runner.subscription.caughtUp(soon());
    await log.close();
    await expect(runner.subscription.ended).rejects.toMatchObject({ name: 'EventLogClosed' });
  });
});
