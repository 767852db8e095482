import type { JournalAppend } from '@openclaw/event-log';
import { AppendBatcher, type AppendBatcherOptions } from './append-batcher';

const OPTIONS: AppendBatcherOptions = { name: 't/0', timeoutMs: 1_000, requestBytesMax: 1_000, queueBytesMax: 10_000 };

describe('AppendBatcher', () => {
  it('sends calls of one turn as one request, in the order of the calls', async () => {
    const { batcher, requests, answer } = batcherWith();
    const appends = ['a', 'b', 'c'].map((key) => batcher.append(record(key)));
    await answer();
    await Promise.all(appends);
    expect(requests).toEqual([['a', 'b', 'c']]);
  });

  it('keeps one request in flight and collects the calls made meanwhile into the next', async () => {
    const { batcher, requests, answer } = batcherWith();
    const first = batcher.append(record('a'));
    await requested(requests, 1);
    const later = ['b', 'c'].map((key) => batcher.append(record(key)));
    await aFewTurns();
    expect(requests).toEqual([['a']]);
    await answer();
    await first;
    await answer();
    await Promise.all(later);
    expect(requests).toEqual([['a'], ['b', 'c']]);
  });

  it('bounds the bytes of a request, yet sends a record that is alone above the bound', async () => {
    const { batcher, requests, answerAll } = batcherWith();
    answerAll();
    await Promise.all([
      batcher.append(record('a', 400)),
      batcher.append(record('b', 400)),
      batcher.append(record('c', 400)),
      batcher.append(record('d', 5_000)),
    ]);
    expect(requests).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it('rejects every call of a failed request, sends none of them again, and goes on with the next', async () => {
    const { batcher, requests, answer } = batcherWith();
    const failed = Promise.allSettled([batcher.append(record('a')), batcher.append(record('b'))]);
    await answer(new Error('leader lost'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = batcher.append(record('c'));
    await answer();
    await next;
    expect(requests).toEqual([['a', 'b'], ['c']]);
  });

  it('says AppendUnacknowledged, with the cause, for what was sent', async () => {
    const { batcher, answer } = batcherWith();
    const append = batcher.append(record('a'));
    const cause = new Error('leader lost');
    const refused = expect(append).rejects.toMatchObject({ name: 'AppendUnacknowledged', cause });
    await answer(cause);
    await refused;
  });

  describe('when the store hangs', () => {
    beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'performance'] }));
    afterEach(() => jest.useRealTimers());

    it('rejects each call within its own time limit, and never sends what waited too long', async () => {
      let nowMs = 0;
      const { batcher, requests, answer } = batcherWith({ nowMs: () => nowMs });
      const sent = outcomeOf(batcher.append(record('sent')));
      await requested(requests, 1);
      nowMs = 400;
      const waiting = outcomeOf(batcher.append(record('waiting')));
      nowMs = 1_000;
      await jest.advanceTimersByTimeAsync(1_000);
      await expect(sent).resolves.toBe('AppendUnacknowledged');
      nowMs = 1_400;
      await jest.advanceTimersByTimeAsync(400);
      await expect(waiting).resolves.toBe('AppendNotSent');
      await answer();
      await aFewTurns();
      expect(requests).toEqual([['sent']]);
    });
  });

  it('refuses at once what does not fit the queue, without sending it', async () => {
    const { batcher, requests, answer } = batcherWith();
    const first = batcher.append(record('a'));
    await requested(requests, 1);
    const waiting = batcher.append(record('b', 9_000));
    await expect(batcher.append(record('c', 9_000))).rejects.toMatchObject({ name: 'AppendNotSent' });
    await answer();
    await first;
    await answer();
    await waiting;
    expect(requests).toEqual([['a'], ['b']]);
  });

  it('rejects everything pending and everything later with JournalClosed after close', async () => {
    const { batcher, requests } = batcherWith();
    const pending = [outcomeOf(batcher.append(record('a')))];
    await requested(requests, 1);
    pending.push(outcomeOf(batcher.append(record('b'))));
    batcher.close();
    pending.push(outcomeOf(batcher.append(record('c'))));
    await expect(Promise.all(pending)).resolves.toEqual(['JournalClosed', 'JournalClosed', 'JournalClosed']);
  });
});

interface Rig {
  readonly batcher: AppendBatcher;
  /** Keys of each request, in the order they left. */
  readonly requests: string[][];
  /** Answers the request in flight, waiting for one to leave. */
  readonly answer: (error?: Error) => Promise<void>;
  readonly answerAll: () => void;
}

const batcherWith = (overrides: Partial<AppendBatcherOptions> = {}): Rig => {
  const requests: string[][] = [];
  const inFlight: PromiseWithResolvers<void>[] = [];
  let immediately = false;
  const send = (records: readonly JournalAppend[]): Promise<void> => {
    requests.push(records.map(({ key }) => key));
    if (immediately) return Promise.resolve();
    const settled = Promise.withResolvers<void>();
    inFlight.push(settled);
    return settled.promise;
  };
  const answer = async (error?: Error): Promise<void> => {
    while (inFlight.length === 0) await aTurn();
    const settled = inFlight.shift();
    if (error === undefined) settled?.resolve();
    else settled?.reject(error);
  };
  const answerAll = (): void => {
    immediately = true;
  };
  return { batcher: new AppendBatcher(send, { ...OPTIONS, ...overrides }), requests, answer, answerAll };
};

const record = (key: string, bytes = 10): JournalAppend => ({ key, value: Buffer.alloc(bytes) });

const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const aFewTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await aTurn();
};

const requested = async (requests: readonly unknown[], count: number): Promise<void> => {
  while (requests.length < count) await aTurn();
};

const outcomeOf = (append: Promise<void>): Promise<string> =>
  append.then(
    () => 'resolved',
    (error: unknown) => (error instanceof Error ? error.name : 'not an error'),
  );
