import { AcceptanceState } from './acceptance';
import { Appender } from './appender';
import { positionAt, streamName } from './brand';
import { GENESIS_CHAIN_HASH } from './chain-hash';
import type { AppendResult, LogEntry, NewEvent } from './event-log.port';
import { parseOuterForm, toRecordedEvent } from './outer-form';
import type { Journal, JournalAppend } from './journal.port';

const stream = streamName('thing/1');
const event = (id: string): NewEvent => ({ id, type: 't.v1', time: '2026-01-01T00:00:00Z', source: 's', data: {} });

const admitted = (): AcceptanceState => {
  const state = new AcceptanceState();
  state.admit(stream, 1);
  return state;
};

/** An appender whose store acknowledges, and whose reader reads exactly what the test says. */
class Bench {
  readonly sent: JournalAppend[] = [];
  readonly acceptance = admitted();
  readonly appender: Appender;
  readonly #stop = new AbortController();
  #next = 1;

  constructor() {
    const journal: Journal = {
      name: 'bench',
      append: async (record) => void this.sent.push(record),
      read: async function* () {},
      bounds: async () => ({ oldest: 0, next: 0 }),
    };
    const options = { appendTimeoutMs: 5000, resendAfterMs: 5000 };
    this.appender = new Appender(journal, this.acceptance, options, this.#stop.signal);
  }

  /** One batch with these claims, judged in order as the reader does, then shown to the appender as a whole. */
  read(...claims: readonly (readonly [id: string, revision: number])[]): void {
    const entries = claims.map(([id, claim]): LogEntry => {
      const position = positionAt(this.#next++);
      const verdict = this.acceptance.admit(stream, claim);
      const outer = { id, stream, claim, type: 't.v1', time: '', source: 's', data: {}, metadata: {} };
      const recorded = toRecordedEvent(outer, { position, revision: claim, appendedAtMs: 0 });
      return { kind: verdict.accepted ? 'event' : 'superseded', position, event: recorded, value: Buffer.alloc(0) };
    });
    const head = { logId: 'l', position: positionAt(this.#next - 1), chainHash: GENESIS_CHAIN_HASH };
    this.appender.onBatch({ entries, before: GENESIS_CHAIN_HASH, head });
  }

  close(): void {
    this.#stop.abort();
  }
}

describe('appender', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });
  afterEach(() => bench.close());

  const outcome = async (append: Promise<AppendResult>): Promise<string> => (await append).outcome;

  it('is not misled by a late loser of an earlier race that is read in one batch with its own accepted record', async () => {
    const append = bench.appender.append(stream, 2, event('mine'));
    bench.read(['late loser', 1], ['mine', 2]);
    expect(await outcome(append)).toBe('appended');
  });

  it('knows that it lost when a rival takes its revision, also when its own record follows in the same batch', async () => {
    const append = bench.appender.append(stream, 2, event('mine'));
    bench.read(['rival', 2], ['mine', 2]);
    expect(await append).toEqual({ outcome: 'conflict', currentRevision: 2, closed: false });
  });

  it('is settled by the first copy of a record that was sent twice', async () => {
    const append = bench.appender.append(stream, 2, event('mine'));
    bench.read(['mine', 2], ['mine', 2]);
    expect(await append).toEqual({ outcome: 'appended', position: 1, revision: 2 });
  });

  it('sends nothing when the revision is already taken, and nothing for a revision that cannot be next', async () => {
    expect(await outcome(bench.appender.append(stream, 1, event('late')))).toBe('conflict');
    expect(await outcome(bench.appender.append(stream, 3, event('early')))).toBe('conflict');
    expect(bench.sent).toEqual([]);
  });

  it('sends the whole record, which parses back to what was asked', async () => {
    const append = bench.appender.append(stream, 2, event('mine'));
    bench.read(['mine', 2]);
    await append;
    const [record] = bench.sent;
    expect(parseOuterForm(Buffer.from(record?.value ?? []))).toMatchObject({
      ok: true,
      outer: { id: 'mine', claim: 2 },
    });
  });
});
