import { WakeUps } from './wake-ups';

const HOUR_MS = 3_600_000;
const never = (): AbortSignal => new AbortController().signal;

describe('wake-ups', () => {
  it('what was appended between looking and waiting is not slept through', async () => {
    const wakeUps = new WakeUps();
    const ticket = wakeUps.ticket(1);
    wakeUps.wake(1);
    await wakeUps.after(1, ticket, HOUR_MS, never());
  });

  it('wakes every reader of that journal and nobody else', async () => {
    const wakeUps = new WakeUps();
    const woken: string[] = [];
    const end = new AbortController();
    const wait = (name: string, journalId: number): Promise<unknown> =>
      wakeUps.after(journalId, wakeUps.ticket(journalId), HOUR_MS, end.signal).then(() => woken.push(name));
    const waiting = [wait('one', 1), wait('also one', 1), wait('two', 2)];
    wakeUps.wake(1);
    await Promise.all(waiting.slice(0, 2));
    expect(woken).toEqual(['one', 'also one']);
    end.abort();
    await Promise.all(waiting);
  });

  it('without any wake-up the poll interval ends the wait', async () => {
    const wakeUps = new WakeUps();
    await wakeUps.after(1, wakeUps.ticket(1), 1, never());
  });

  it('an aborted wait ends at once, also when it was aborted before', async () => {
    const wakeUps = new WakeUps();
    await wakeUps.after(1, wakeUps.ticket(1), HOUR_MS, AbortSignal.abort());
  });
});
