import { randomUUID } from 'node:crypto';
import { EventLogClosed, type LogHead, LogHalted, type Position, type StreamName } from '@openclaw/event-log';
import { anEvent, settlesWithin } from '@openclaw/event-log/testing';
import { CLOCK_DRIFT, WALL_AHEAD_MAX_MS } from '../src/lease';
import { eventually } from './eventually';
import { BOUND_MS, FreshProcess } from './fresh-process';
import { foreignHead, foreignRenewal, RawCoordination } from './raw-coordination';
import type { FreshnessTarget, StoreUnderTest } from './store-under-test';

/** Long enough for a wrong answer to show itself, and all that "does not resolve" can mean. */
const SETTLE_MS = 150;
const RENEWAL_MS = BOUND_MS / 5;
const never = (): AbortSignal => new AbortController().signal;

/**
 * The contract of freshness (ARCHITECTURE section 7): each clause states one guarantee, on a real store with clocks
 * moved by hand. An exclusion carries a reason and is printed in the matrix.
 */
export const describeFreshnessContract = (
  openTarget: () => Promise<FreshnessTarget>,
  name: string,
  excluded: Readonly<Record<number, string>> = {},
): void => {
  describe(`freshness contract on ${name}`, () => {
    let target: FreshnessTarget;
    let under: StoreUnderTest;
    let raw: RawCoordination;
    let processes: FreshProcess[];

    beforeAll(async () => {
      target = await openTarget();
    });
    beforeEach(async () => {
      processes = [];
      under = await target.fresh();
    });
    afterEach(async () => {
      await Promise.all(processes.map((process) => process.close()));
      await under.dispose();
    });
    afterAll(async () => {
      await target?.stop();
    });

    const clause = (number: number, guarantee: string, prove: () => Promise<void>): void => {
      const title = `[${String(number).padStart(2, '0')}] ${guarantee}`;
      const reason = excluded[number];
      if (reason === undefined) it(title, prove);
      else it(`${title} (excluded: ${reason})`, () => expect(reason.length).toBeGreaterThan(5));
    };
    const open = async (role: 'writer' | 'reader', as?: string, graceMaxMs?: number): Promise<FreshProcess> => {
      const process = await FreshProcess.open(under, role, as, graceMaxMs);
      processes.push(process);
      raw ??= await RawCoordination.open(under);
      return process;
    };
    /** A writer, and a validator process that holds a lease. */
    const pair = async (
      graceMaxMs?: number,
    ): Promise<{ writer: FreshProcess; reader: FreshProcess } & ReturnType<FreshProcess['validator']>> => {
      const writer = await open('writer', undefined, graceMaxMs);
      const reader = await open('reader', undefined, graceMaxMs);
      const validator = reader.validator();
      await eventually('the first lease', () => validator.keeper.capture() !== undefined);
      return { writer, reader, ...validator };
    };
    const change = async (writer: FreshProcess): Promise<Position> => {
      const result = await writer.fresh.log.append(`thing/${randomUUID()}` as StreamName, 1, anEvent());
      if (result.outcome !== 'appended') throw new Error('conflict on a new stream');
      return result.position;
    };
    const renewals = (process: FreshProcess): number =>
      process.coordination.sent.filter((record) => record.kind === 'renewal').length;

    beforeEach(async () => {
      raw = await RawCoordination.open(under);
    });

    clause(1, 'an append is answered only after a head at or after its position is committed', async () => {
      const writer = await open('writer');
      writer.coordination.appends.shut();
      const answer = change(writer);
      await eventually('the head is under way', () => writer.coordination.sent.at(-1)?.kind === 'head');
      expect(await settlesWithin(answer, SETTLE_MS)).toBe(false);
      writer.coordination.appends.open();
      const position = await answer;
      expect((await raw.heads()).some((head) => head.position >= position)).toBe(true);
    });

    clause(2, '64 appends at once share heads: one is in flight, each covers all that was read', async () => {
      const writer = await open('writer');
      const before = writer.coordination.sent.length;
      const head = writer.fresh.log.head();
      const position = Math.max(...(await Promise.all(Array.from({ length: 64 }, () => change(writer)))));
      expect(position).toBeGreaterThanOrEqual(head.position + 64);
      expect(writer.coordination.sent.length - before).toBeLessThanOrEqual(32);
    });

    clause(3, 'a head is sent again until it is acknowledged; one that was stored twice does no harm', async () => {
      const { writer, projection, keeper } = await pair();
      for (const fault of ['refuse', 'lose-ack', 'twice'] as const) {
        const before = writer.coordination.sent.length;
        writer.coordination.nextFault = fault;
        const answer = change(writer);
        let answered = false;
        void answer.then(() => (answered = true));
        await eventually(
          `an answer after ${fault}`,
          () => answered,
          () => writer.time.advance(50),
        );
        expect(writer.coordination.sent.length - before).toBeGreaterThanOrEqual(fault === 'twice' ? 1 : 2);
      }
      const { position } = writer.fresh.log.head();
      await eventually('applied', () => projection.applied().position >= position);
      expect(keeper.capture()).toBeDefined();
    });

    clause(4, 'a head is repeated every minute, with what its writer has read by then', async () => {
      const writer = await open('writer');
      const before = (await raw.heads()).length;
      writer.time.advance(60_000);
      await eventually('a repeated head', () => writer.coordination.sent.length > before);
      writer.time.advance(1);
      expect(writer.coordination.sent.at(-1)).toMatchObject({
        kind: 'head',
        position: writer.fresh.log.head().position,
      });
    });

    clause(5, 'a barrier never resolves below a position that was acknowledged before it was asked for', async () => {
      const [writer, other, reader] = [await open('writer', 'a'), await open('writer', 'b'), await open('reader')];
      for (let round = 0; round < 10; round += 1) {
        const position = await change(round % 2 === 0 ? writer : other);
        const barriers = [reader, writer, other].map((process) => process.fresh.log.barrier(never()));
        for (const reached of await Promise.all(barriers)) expect(reached).toBeGreaterThanOrEqual(position);
      }
    });

    clause(
      6,
      'a barrier does not resolve while its reader of coordination, or of the log, is frozen or stale',
      async () => {
        const writer = await open('writer');
        const reader = await open('reader');
        for (const journal of [reader.coordination, reader.lifecycle]) {
          journal.reads.shut();
          const position = await change(writer);
          const barrier = reader.fresh.log.barrier(never());
          expect(await settlesWithin(barrier, SETTLE_MS)).toBe(false);
          journal.reads.open();
          expect(await barrier).toBeGreaterThanOrEqual(position);
        }
      },
    );

    clause(
      7,
      'a barrier is not satisfied by anything older than its own probe, not even by an older probe of its process',
      async () => {
        const writer = await open('writer');
        const reader = await open('reader');
        const { reads, sent } = reader.coordination;
        reads.shut();
        const given = new AbortController();
        const older = expect(reader.fresh.log.barrier(given.signal)).rejects.toThrow();
        await eventually('the older probe is fetched', () => reads.waiting === 1);
        given.abort();
        await older;
        const position = await change(writer);
        const barrier = reader.fresh.log.barrier(never());
        await eventually('the probe is under way', () => sent.filter(({ kind }) => kind === 'probe').length === 2);
        reads.letThrough();
        expect(await settlesWithin(barrier, SETTLE_MS)).toBe(false);
        reads.open();
        expect(await barrier).toBeGreaterThanOrEqual(position);
      },
    );

    clause(
      8,
      'a barrier whose probe was lost on the way sends another; one that is given up does not stop the next',
      async () => {
        const writer = await open('writer');
        const reader = await open('reader');
        reader.coordination.nextFault = 'refuse';
        const barrier = reader.fresh.log.barrier(never());
        let reached: Position | undefined;
        void barrier.then((position) => (reached = position));
        await eventually(
          'the second probe',
          () => reached !== undefined,
          () => reader.time.advance(50),
        );
        reader.coordination.reads.shut();
        const given = new AbortController();
        const waiting = reader.fresh.log.barrier(given.signal);
        given.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow('enough');
        const position = await change(writer);
        const next = reader.fresh.log.barrier(never());
        reader.coordination.reads.open();
        expect(await next).toBeGreaterThanOrEqual(position);
      },
    );

    clause(9, 'a lease needs its renewal read back: the acknowledgement of the produce gives none', async () => {
      await open('writer');
      const reader = await open('reader');
      reader.coordination.reads.shut();
      const { keeper } = reader.validator();
      for (let sent = 1; sent <= 3; sent += 1) {
        await eventually(
          'a renewal is committed',
          () => renewals(reader) >= sent,
          () => reader.time.advance(RENEWAL_MS),
        );
      }
      expect(keeper.capture()).toBeUndefined();
      reader.coordination.reads.open();
      await eventually('a lease', () => keeper.capture() !== undefined);
    });

    clause(10, 'a lease is counted from before its renewal was sent, however long that took', async () => {
      await open('writer');
      const reader = await open('reader');
      reader.coordination.appends.shut();
      const sentAtMs = reader.time.monotonic.nowMs();
      const { keeper } = reader.validator();
      await eventually('the renewal is under way', () => renewals(reader) === 1);
      reader.time.pause(BOUND_MS / 2);
      reader.coordination.appends.open();
      await eventually('a lease', () => keeper.capture() !== undefined);
      expect(keeper.capture()?.endsAtMs).toBeCloseTo(sentAtMs + BOUND_MS * (1 - CLOCK_DRIFT));
      expect(keeper.status().ageMs).toBe(BOUND_MS / 2);
    });

    clause(
      11,
      'a renewal counts by its nonce: those of another life or process with the same name give no lease',
      async () => {
        const writer = await open('writer');
        const reader = await open('reader');
        reader.coordination.appends.shut();
        const { keeper, projection } = reader.validator();
        const { position } = writer.fresh.log.head();
        await eventually('applied', () => projection.applied().position >= position);
        await raw.plant(foreignRenewal(writer.fresh.log.head(), { nonce: 1 }));
        await raw.plant(foreignRenewal(writer.fresh.log.head(), { incarnation: keeper.incarnation, nonce: 77 }));
        const barrier = writer.fresh.log.barrier(never());
        await barrier;
        expect(await settlesWithin(new Promise<void>((resolve) => keeper.onChange(() => resolve())), SETTLE_MS)).toBe(
          false,
        );
        expect(keeper.capture()).toBeUndefined();
      },
    );

    clause(12, 'a lease waits until everything acknowledged before its renewal is applied', async () => {
      const { writer, reader, keeper, projection } = await pair();
      projection.gate.shut();
      await change(writer);
      const before = keeper.capture()?.endsAtMs ?? 0;
      for (let i = 0; i < 3; i += 1) {
        const sent = renewals(reader);
        reader.time.advance(RENEWAL_MS);
        await eventually('a renewal', () => renewals(reader) > sent);
      }
      await eventually('its head is known', () => keeper.status().need > keeper.status().applied);
      expect(keeper.capture()?.endsAtMs).toBe(before);
      reader.time.advance(BOUND_MS);
      expect(keeper.capture()).toBeUndefined();
      projection.gate.open();
      await eventually('a lease again', () => keeper.capture() !== undefined);
      expect(keeper.status().applied).toBeGreaterThanOrEqual(keeper.status().need);
    });

    clause(
      13,
      'behind an expired prefix there is no lease before a record that covers it, and then the need includes what expired',
      async () => {
        const writer = await open('writer');
        const position = await change(writer);
        const head = writer.fresh.log.head();
        await writer.fresh.log.barrier(never()); // it has read its own heads: what it has not read is a hole for it, too
        await under.expireCoordination();
        const reader = await open('reader');
        const { keeper, projection } = reader.validator();
        await eventually('applied', () => projection.applied().position >= position);
        await eventually('a renewal', () => renewals(reader) > 0);
        await raw.plant(foreignHead(head, 0));
        expect(await settlesWithin(reader.fresh.log.barrier(never()), SETTLE_MS)).toBe(false);
        expect(keeper.capture()).toBeUndefined();
        expect(keeper.status().covered).toBe(false);
        writer.time.advance(60_000);
        await eventually('covered by the repeated head', () => keeper.status().covered);
        expect(keeper.status().need).toBeGreaterThanOrEqual(position);
        await eventually(
          'a lease',
          () => keeper.capture() !== undefined,
          () => reader.time.advance(1),
        );
      },
    );

    clause(14, 'when everything has expired, the first head of a new writer covers it', async () => {
      const first = await open('writer', 'first');
      const position = await change(first);
      await first.close();
      await under.expireCoordination();
      const reader = await open('reader');
      const { keeper } = reader.validator();
      await eventually('a renewal', () => renewals(reader) > 0);
      expect(keeper.capture()).toBeUndefined();
      await open('writer', 'second');
      await eventually(
        'a lease',
        () => keeper.capture() !== undefined,
        () => reader.time.advance(1),
      );
      expect(keeper.status().need).toBeGreaterThan(position);
    });

    clause(15, 'without renewals the lease lapses and nothing is fresh; it comes back by itself', async () => {
      const { reader, keeper } = await pair();
      const changes: boolean[] = [];
      keeper.onChange((held) => changes.push(held));
      // What was read back may not be acknowledged yet, and one renewal is under way at a time.
      await eventually('the first renewal is settled', () => reader.coordination.unsettled === 0);
      reader.coordination.appends.shut();
      const sent = renewals(reader);
      reader.time.advance(BOUND_MS * (1 - CLOCK_DRIFT) - 1);
      expect(renewals(reader)).toBe(sent + 1);
      const captured = keeper.capture();
      expect(captured).toBeDefined();
      reader.time.advance(1);
      expect(keeper.capture()).toBeUndefined();
      expect(captured === undefined || keeper.stillFresh(captured)).toBe(false);
      expect(changes).toEqual([false]);
      reader.coordination.appends.open();
      await eventually(
        'a lease',
        () => keeper.capture() !== undefined,
        () => reader.time.advance(1),
      );
      expect(changes).toEqual([false, true]);
    });

    clause(16, 'the second look is at the captured lease, not at a newer one', async () => {
      const { reader, keeper } = await pair();
      const captured = keeper.capture();
      if (captured === undefined) throw new Error('no lease');
      expect(keeper.stillFresh(captured)).toBe(true);
      reader.time.advance(BOUND_MS - 100);
      await eventually('a newer lease', () => (keeper.capture()?.endsAtMs ?? 0) > captured.endsAtMs);
      reader.time.pause(100);
      expect(keeper.capture()).toBeDefined();
      expect(keeper.stillFresh(captured)).toBe(false);
    });

    clause(
      17,
      'a lease is dropped when the wall clock ran ahead of the monotonic one, and is renewed at once',
      async () => {
        const { reader, keeper } = await pair();
        const captured = keeper.capture();
        if (captured === undefined) throw new Error('no lease');
        reader.time.moveWall(WALL_AHEAD_MAX_MS);
        expect(keeper.stillFresh(captured)).toBe(true);
        reader.time.moveWall(1);
        expect(keeper.stillFresh(captured)).toBe(false);
        expect(keeper.capture()).toBeUndefined();
        await eventually('a lease without any timer', () => keeper.capture() !== undefined);
        expect(keeper.stillFresh(captured)).toBe(false);
        reader.time.moveWall(-3_600_000);
        expect(keeper.capture()).toBeDefined();
      },
    );

    clause(
      18,
      'a hole in coordination drops the lease, captured ones too, and the reader starts again behind it',
      async () => {
        const { writer, reader, keeper, projection } = await pair();
        const captured = keeper.capture();
        if (captured === undefined) throw new Error('no lease');
        reader.coordination.hides = () => true;
        const position = await change(writer);
        await eventually('applied', () => projection.applied().position >= position);
        await eventually('its head is skipped', () => reader.coordination.hidden > 0);
        reader.coordination.hides = () => false;
        reader.time.advance(RENEWAL_MS);
        await eventually('the hole is seen', () => keeper.status().restarts === 1);
        expect(keeper.stillFresh(captured)).toBe(false);
        expect(keeper.capture()).toBeUndefined();
        writer.time.advance(60_000);
        await eventually(
          'a lease once covered again',
          () => keeper.capture() !== undefined,
          () => reader.time.advance(1),
        );
        expect(keeper.status().need).toBeGreaterThanOrEqual(position);
      },
    );

    clause(
      19,
      'another history at a known position, or a record of another log, halts loudly: no lease, no head, no barrier',
      async () => {
        const forgeries: ((head: LogHead) => LogHead)[] = [
          (head) => ({ ...head, chainHash: 'ab'.repeat(32) }),
          (head) => ({ ...head, logId: randomUUID() }),
        ];
        for (const forge of forgeries) {
          await under.dispose();
          under = await target.fresh();
          raw = await RawCoordination.open(under);
          const { writer, reader, keeper } = await pair();
          const captured = keeper.capture();
          await raw.plant(foreignHead(forge(writer.fresh.log.head())));
          await eventually('both halt', () => writer.halts.length > 0 && reader.halts.length > 0);
          expect(keeper.capture()).toBeUndefined();
          expect(captured === undefined || keeper.stillFresh(captured)).toBe(false);
          expect(keeper.status().halted).toBeInstanceOf(LogHalted);
          await expect(reader.fresh.log.barrier(never())).rejects.toThrow(LogHalted);
          await expect(change(writer)).rejects.toThrow(LogHalted);
          await expect(writer.fresh.receipts.receipt(0 as Position, never())).rejects.toThrow(LogHalted);
          await Promise.all(processes.splice(0).map((process) => process.close()));
        }
      },
    );

    clause(
      20,
      'a receipt is complete when every incarnation has applied the change; until then the missing are named',
      async () => {
        const { writer, reader, keeper, projection } = await pair();
        projection.gate.shut();
        const position = await change(writer);
        await writer.fresh.log.barrier(never());
        const who = { validator: 'validator', incarnation: keeper.incarnation };
        expect(writer.fresh.receipts.judge(position)).toMatchObject({ complete: false, missing: [who], done: [] });
        const soon = new AbortController();
        const early = writer.fresh.receipts.receipt(position, soon.signal);
        soon.abort();
        expect((await early).missing).toEqual([who]);
        const receipt = writer.fresh.receipts.receipt(position, never());
        reader.time.advance(RENEWAL_MS);
        await eventually('a renewal without the change', () => renewals(reader) > 1);
        await writer.fresh.log.barrier(never());
        expect(writer.fresh.receipts.judge(position).missing).toEqual([who]);
        projection.gate.open();
        await eventually('applied', () => projection.applied().position >= position);
        reader.time.advance(RENEWAL_MS);
        expect(await receipt).toMatchObject({ complete: true, done: [who], expired: [], missing: [] });
      },
    );

    clause(
      21,
      'an incarnation that fell silent is expired L after its last renewal was read, and not before',
      async () => {
        const { writer, reader, keeper } = await pair();
        await writer.fresh.log.barrier(never());
        await Promise.all(processes.filter((process) => process === reader).map((process) => process.close()));
        const who = { validator: 'validator', incarnation: keeper.incarnation };
        const position = await change(writer);
        await writer.fresh.log.barrier(never());
        const receipt = writer.fresh.receipts.receipt(position, never());
        writer.time.advance(BOUND_MS);
        expect(writer.fresh.receipts.judge(position)).toMatchObject({ complete: false, missing: [who] });
        writer.time.advance(BOUND_MS * CLOCK_DRIFT);
        expect(await receipt).toMatchObject({ complete: true, expired: [who], missing: [] });
      },
    );

    clause(
      22,
      'two incarnations of one validator id are two: the word of one is no receipt for the other',
      async () => {
        const { writer, reader, keeper } = await pair();
        const other = await open('reader', 'second process');
        const second = other.validator();
        await eventually('its lease', () => second.keeper.capture() !== undefined);
        second.projection.gate.shut();
        const position = await change(writer);
        reader.time.advance(RENEWAL_MS);
        const judged = (): ReturnType<typeof writer.fresh.receipts.judge> => writer.fresh.receipts.judge(position);
        await eventually(
          'one is done',
          () => judged().done.length === 1,
          () => reader.time.advance(1),
        );
        expect(judged().done[0]?.incarnation).toBe(keeper.incarnation);
        expect(judged().missing[0]?.incarnation).toBe(second.keeper.incarnation);
        expect(judged().complete).toBe(false);
      },
    );

    clause(23, 'no receipt before our own head has been read back', async () => {
      const { writer, keeper } = await pair();
      await writer.fresh.log.barrier(never());
      writer.coordination.reads.shut();
      const position = await change(writer);
      writer.time.advance(2 * BOUND_MS);
      const judged = writer.fresh.receipts.judge(position);
      expect(judged).toMatchObject({ complete: false, headReadBack: false, done: [], expired: [] });
      expect(judged.missing.map(({ incarnation }) => incarnation)).toEqual([keeper.incarnation]);
      writer.coordination.reads.open();
      await expect(writer.fresh.receipts.receipt(position, never())).resolves.toMatchObject({
        headReadBack: true,
        complete: true,
      });
    });

    clause(
      24,
      "the log's clock starts with the first renewal, follows the store's clock, and never goes back",
      async () => {
        const before = Date.now();
        const { reader, keeper } = await pair();
        let last = keeper.logNowMs() ?? 0;
        expect(Math.abs(last - before)).toBeLessThan(60_000);
        for (let i = 0; i < 5; i += 1) {
          const sent = renewals(reader);
          reader.time.advance(RENEWAL_MS);
          await eventually('a renewal', () => renewals(reader) > sent);
          const now = keeper.logNowMs() ?? 0;
          expect(now).toBeGreaterThanOrEqual(last);
          last = now;
        }
        reader.time.moveWall(5_000);
        const offMs = keeper.status().hostClockOffMs ?? 0;
        reader.time.moveWall(5_000);
        expect((keeper.status().hostClockOffMs ?? 0) - offMs).toBe(5_000);
      },
    );

    clause(
      25,
      'a kind of record that nobody knows is ignored; one that does not parse is ignored and counted',
      async () => {
        const { writer, reader, keeper } = await pair();
        await raw.plant('{"kind":"greeting","from":"the future"}');
        for (const junk of ['', 'no json', '[]', '{"kind":"head"}', '{"kind":"head","writer":"x","position":-2}'])
          await raw.plant(junk);
        const position = await change(writer);
        expect(await reader.fresh.log.barrier(never())).toBeGreaterThanOrEqual(position);
        await eventually('counted', () => keeper.status().unparsable === 5);
        expect(keeper.capture()).toBeDefined();
      },
    );

    clause(
      26,
      'a stricter bound of its own makes the lease of one code shorter; a laxer one is not granted',
      async () => {
        const { reader, keeper } = await pair();
        reader.coordination.appends.shut();
        reader.time.advance(1_000);
        expect(keeper.capture(1_000)).toBeUndefined();
        expect(keeper.capture()).toBeDefined();
        reader.time.advance(BOUND_MS);
        expect(keeper.capture()).toBeUndefined();
        expect(keeper.capture(3 * BOUND_MS)).toBeUndefined();
      },
    );

    clause(
      29,
      'where grace is granted, a laxer bound of one code holds so long and no longer, and receipts wait for it',
      async () => {
        const { writer, reader, keeper } = await pair(3 * BOUND_MS);
        reader.time.advance(2 * BOUND_MS);
        expect(keeper.capture()).toBeUndefined();
        expect(keeper.capture(3 * BOUND_MS)).toBeDefined();
        await Promise.all(processes.filter((process) => process === reader).map((process) => process.close()));
        const who = { validator: 'validator', incarnation: keeper.incarnation };
        const position = await change(writer);
        await writer.fresh.log.barrier(never());
        const receipt = writer.fresh.receipts.receipt(position, never());
        writer.time.advance(3 * BOUND_MS);
        expect(writer.fresh.receipts.judge(position)).toMatchObject({ complete: false, missing: [who] });
        writer.time.advance(3 * BOUND_MS * CLOCK_DRIFT);
        expect(await receipt).toMatchObject({ complete: true, expired: [who], missing: [] });
      },
    );

    clause(30, 'the laxest bound ends every lease, however much a code asks for', async () => {
      const { reader, keeper } = await pair(3 * BOUND_MS);
      reader.coordination.appends.shut();
      reader.time.advance(3 * BOUND_MS);
      expect(keeper.capture(9 * BOUND_MS)).toBeUndefined();
    });

    clause(27, 'a hole in the log itself ends the lease, and halts loudly', async () => {
      const { writer, reader, keeper } = await pair();
      const captured = keeper.capture();
      reader.lifecycle.hides = () => true;
      const hidden = await change(writer);
      reader.lifecycle.hides = ({ offset }) => offset <= hidden;
      await change(writer);
      await eventually('the reader halts', () => reader.halts.length === 1);
      expect(keeper.capture()).toBeUndefined();
      expect(captured === undefined || keeper.stillFresh(captured)).toBe(false);
      expect(writer.halts).toEqual([]);
    });

    clause(
      28,
      'after close every call rejects, also what was waiting; no timer stays and nothing more is sent',
      async () => {
        const { writer, reader, keeper } = await pair();
        const captured = keeper.capture();
        reader.coordination.reads.shut();
        const barrier = reader.fresh.log.barrier(never());
        const rejected = expect(barrier).rejects.toThrow(EventLogClosed);
        const receipt = expect(writer.fresh.receipts.receipt(1e9 as Position, never())).rejects.toThrow(EventLogClosed);
        await Promise.all(processes.splice(0).map((process) => process.close()));
        await Promise.all([rejected, receipt]);
        expect(keeper.capture()).toBeUndefined();
        expect(captured === undefined || keeper.stillFresh(captured)).toBe(false);
        await expect(reader.fresh.log.barrier(never())).rejects.toThrow(EventLogClosed);
        await expect(writer.fresh.receipts.receipt(0 as Position, never())).rejects.toThrow(EventLogClosed);
        const sent = [writer, reader].map((process) => process.coordination.sent.length);
        expect([writer, reader].map((process) => process.time.openTimers)).toEqual([0, 0]);
        for (const process of [writer, reader]) process.time.advance(120_000);
        expect([writer, reader].map((process) => process.coordination.sent.length)).toEqual(sent);
      },
    );
  });
};
