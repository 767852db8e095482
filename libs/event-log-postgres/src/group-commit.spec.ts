import { type JournalAppend, MAX_RECORD_BYTES } from '@openclaw/event-log';
import { GroupCommit } from './group-commit';
import { RequestTimedOut } from './limit';

const record = (value: string): JournalAppend => ({ key: 'k', value: Buffer.from(value) });

/** Holds every group until it is told what became of it. */
class HeldSender {
  readonly groups: string[][] = [];
  readonly #outcomes: PromiseWithResolvers<void>[] = [];

  send = (group: readonly JournalAppend[]): Promise<void> => {
    this.groups.push(group.map(({ value }) => Buffer.from(value).toString()));
    const outcome = Promise.withResolvers<void>();
    this.#outcomes.push(outcome);
    return outcome.promise;
  };

  /** The oldest group that was not settled yet. */
  settle(failure?: Error): void {
    const outcome = this.#outcomes.shift();
    if (failure === undefined) outcome?.resolve();
    else outcome?.reject(failure);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('group commit', () => {
  it('sends what is called in one turn together, one group at a time, in the order of the calls', async () => {
    const sender = new HeldSender();
    const commits = new GroupCommit(sender.send, 1000);
    const first = [commits.append(record('a')), commits.append(record('b'))];
    await turn();
    const second = [commits.append(record('c')), commits.append(record('d'))];
    await turn();
    expect(sender.groups).toEqual([['a', 'b']]);
    sender.settle();
    await Promise.all(first);
    await turn();
    expect(sender.groups).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    sender.settle();
    await Promise.all(second);
  });

  it('a group whose outcome is unknown rejects every call of it, is not sent again, and does not stop the next', async () => {
    const sender = new HeldSender();
    const commits = new GroupCommit(sender.send, 1000);
    const [lost, alsoLost] = [commits.append(record('a')), commits.append(record('b'))];
    await turn();
    const next = commits.append(record('c'));
    sender.settle(new Error('the connection broke'));
    await expect(lost).rejects.toThrow('broke');
    await expect(alsoLost).rejects.toThrow('broke');
    await turn();
    expect(sender.groups).toEqual([['a', 'b'], ['c']]);
    sender.settle();
    await next;
  });

  it('bounds a group by records and by bytes', async () => {
    const sender = new HeldSender();
    const commits = new GroupCommit(sender.send, 1000);
    const small = Array.from({ length: 1001 }, (_, i) => commits.append(record(`${i}`)));
    const large = Array.from({ length: 20 }, () => commits.append(record('x'.repeat(MAX_RECORD_BYTES))));
    for (let group = 0; group < 4; group += 1) {
      await turn();
      sender.settle();
    }
    await Promise.all([...small, ...large]);
    expect(sender.groups.map((group) => group.length)).toEqual([1000, 17, 4]);
  });

  it('a call that waited out its time behind a stuck group rejects without being sent', async () => {
    const sender = new HeldSender();
    const commits = new GroupCommit(sender.send, 30);
    const stuck = commits.append(record('stuck'));
    await turn();
    const behind = commits.append(record('behind'));
    const calledAtMs = performance.now();
    while (performance.now() < calledAtMs + 31) await turn();
    sender.settle(new RequestTimedOut('stuck'));
    await expect(stuck).rejects.toThrow(RequestTimedOut);
    await expect(behind).rejects.toThrow(RequestTimedOut);
    expect(sender.groups).toEqual([['stuck']]);
  });

  it('refuses a record that is too large before anything is sent', async () => {
    const commits = new GroupCommit(new HeldSender().send, 1000);
    expect(() => commits.append(record('x'.repeat(MAX_RECORD_BYTES + 1)))).toThrow(RangeError);
  });
});
