import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  AcceptanceState, ChainHash, EventLogClosed, EventTooLarge, type EventLog, type JournalRecord, LogHalted,
  MAX_RECORD_BYTES, OutcomeUnknown, type ResumePoint, ResumeRefused, type StreamName, encodeOuterForm, positionAt,
} from '@openclaw/event-log'; // prettier-ignore
import { FaultyJournal } from './faulty-journal';
import {
  aStream, anEvent, appended, eventsOf, gather, never, settlesWithin, streamOf, untilCaughtUp,
} from './gather'; // prettier-ignore
import type { LogTarget, LogUnderTest } from './log-under-test';

/** Rounds of the race for a revision; `npm run contract` runs a thousand. */
const ROUNDS = Number(process.env['OPENCLAW_CONTRACT_ROUNDS'] ?? 20);

/**
 * The contract of an event log: each clause states one guarantee. An adapter is done when every clause holds on it; an
 * exclusion carries a reason and is printed in the matrix. Clauses 1 to 23 are those of the design; from 24 on they are
 * bugs that became clauses, and rules that are shown at length. What becomes of a stream whose body nobody understands
 * (23) is said by whoever reads bodies: quarantine in `libs/consumers`, UNAVAILABLE in the validator.
 */
export const describeEventLogContract = (
  openTarget: () => Promise<LogTarget>,
  name: string,
  excluded: LogTarget['excluded'] = {},
): void => {
  describe(`event log contract on ${name}`, () => {
    let target: LogTarget;
    let under: LogUnderTest;

    beforeAll(async () => {
      target = await openTarget();
    });
    beforeEach(async () => {
      under = await target.fresh();
    });
    afterEach(async () => {
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
    const journalRecords = async (): Promise<JournalRecord[]> => {
      const raw = await under.rawJournal();
      const { next } = await raw.bounds(never());
      const end = new AbortController();
      const records: JournalRecord[] = [];
      for await (const batch of raw.read(0, end.signal)) {
        records.push(...batch);
        if (records.length >= next) end.abort();
      }
      return records;
    };

    /** What another log has at this position. */
    const chainHashElsewhere = async (position: number): Promise<string> => {
      const elsewhere = await target.fresh();
      try {
        const log = await elsewhere.open();
        while (log.head().position < position) await appended(log, aStream(), 1);
        return log.head().chainHash;
      } finally {
        await elsewhere.dispose();
      }
    };

    clause(1, 'what is appended is read back equal, in order, with revisions 1..n and no gap', async () => {
      const log = await under.open();
      const stream = aStream();
      const bodies = [{ n: 1 }, { text: 'two', deep: { list: [1, 2.5, null, true] } }, { n: 3 }];
      for (const [index, body] of bodies.entries()) await appended(log, stream, index + 1, body);
      const events = await streamOf(log, stream);
      expect(events.map((event) => event.revision)).toEqual([1, 2, 3]);
      expect(events.map((event) => event.data)).toEqual(bodies);
      expect(events[0]).toMatchObject({
        stream,
        type: 'openclaw.test.happened.v1',
        source: 'contract-suite',
        terminal: false,
      });
      expect(events[0]?.metadata).toEqual({ authid: 'op-1', reason: 'because' });
      expect(eventsOf((await untilCaughtUp(log)).entries, stream)).toEqual(events);
      expect(await Array.fromAsync(log.readStream(stream, 3))).toEqual(events.slice(2));
    });

    clause(
      2,
      'bytes are faithful: case, unicode, empty payloads, the largest size; ids that differ in case stay two',
      async () => {
        const log = await under.open();
        const [lower, upper] = [`thing/${randomUUID()}-abc`, `thing/${randomUUID()}-ABC`] as [StreamName, StreamName];
        const room = MAX_RECORD_BYTES - encodeOuterForm(lower, 3, anEvent('')).length;
        const bodies = ['Grüße 🦀 \u0000 \u2028 "\\', {}, 'x'.repeat(room)];
        for (const [index, body] of bodies.entries()) await appended(log, lower, index + 1, body);
        await appended(log, upper, 1, 'other');
        expect((await streamOf(log, lower)).map((event) => event.data)).toEqual(bodies);
        expect((await streamOf(log, upper)).map((event) => event.data)).toEqual(['other']);
        await expect(log.append(lower, 4, anEvent('x'.repeat(MAX_RECORD_BYTES)))).rejects.toThrow(EventTooLarge);
      },
    );

    clause(3, 'a wrong expected revision is a conflict value, and nothing is written', async () => {
      const log = await under.open();
      const stream = aStream();
      await appended(log, stream, 1);
      const before = (await journalRecords()).length;
      expect(await log.append(stream, 1, anEvent())).toEqual({
        outcome: 'conflict',
        currentRevision: 1,
        closed: false,
      });
      expect(await log.append(stream, 3, anEvent())).toEqual({
        outcome: 'conflict',
        currentRevision: 1,
        closed: false,
      });
      expect(await log.append(aStream(), 'terminal', anEvent())).toMatchObject({
        outcome: 'conflict',
        currentRevision: 0,
      });
      expect(await journalRecords()).toHaveLength(before);
      expect(await streamOf(log, stream)).toHaveLength(1);
    });

    clause(4, 'of 50 writers at one expected revision, in two processes, exactly one wins', async () => {
      const logs = [await under.open(), await under.open()];
      const stream = aStream();
      await appended(logs[0] as EventLog, stream, 1);
      await Promise.all(logs.map((log) => log.barrier(never())));
      const results = await Promise.all(
        Array.from({ length: 50 }, async (_, i) => logs[i % 2]?.append(stream, 2, anEvent({ writer: i }))),
      );
      expect(results.filter((result) => result?.outcome === 'appended')).toHaveLength(1);
      for (const log of logs) expect(await streamOf(log, stream)).toHaveLength(2);
    });

    clause(
      5,
      'while an append is unsettled no second one starts on its stream, and the same record is sent until it is read',
      async () => {
        const sent: string[] = [];
        let failures = 3;
        const log = await under.open({
          decorate: (journal) =>
            new FaultyJournal(journal, {
              onAppend: async (record) => {
                sent.push(Buffer.from(record.value).toString());
                if (record.key.startsWith('thing/') && failures-- > 0) throw new Error('planted: request timed out');
              },
            }),
        });
        const stream = aStream();
        const [first, second] = [anEvent('first'), anEvent('second')];
        const results = await Promise.all([log.append(stream, 1, first), log.append(stream, 1, second)]);
        expect(results.map((result) => result.outcome)).toEqual(['appended', 'conflict']);
        const mine = sent.filter((value) => value.includes(stream));
        expect(new Set(mine).size).toBe(1);
        expect(mine).toHaveLength(4);
      },
    );

    clause(6, '"failed but persisted": a lost acknowledgement duplicates nothing', async () => {
      const log = await under.open({
        resendAfterMs: 50,
        decorate: (journal) =>
          new FaultyJournal(journal, {
            onAppend: async (record) => (record.key.startsWith('thing/') ? 'lose-ack' : undefined),
          }),
      });
      const stream = aStream();
      for (let revision = 1; revision <= 5; revision += 1) await appended(log, stream, revision, { revision });
      const other = await under.open({ role: 'reader' });
      await other.barrier(never());
      expect((await streamOf(other, stream)).map((event) => event.data)).toEqual(
        [1, 2, 3, 4, 5].map((revision) => ({ revision })),
      );
    });

    clause(7, 'every position that append returned is seen by every follower', async () => {
      const [writer, reader] = [await under.open(), await under.open({ role: 'reader' })];
      const streams = Array.from({ length: 40 }, () => aStream());
      const live = gather(reader, 'beginning', (entries) => eventsOf(entries, ...streams).length === streams.length);
      const results = await Promise.all(streams.map((stream) => writer.append(stream, 1, anEvent())));
      const positions = results.flatMap((result) => (result.outcome === 'appended' ? [result.position] : []));
      const seen = new Set((await live).entries.map((entry) => entry.position));
      expect(positions).toHaveLength(streams.length);
      expect(positions.filter((position) => !seen.has(position))).toEqual([]);
    });

    clause(
      8,
      'with overlapping writers a follower never passes a position that later gets an earlier event',
      async () => {
        const [one, two, reader] = [await under.open(), await under.open(), await under.open({ role: 'reader' })];
        const streams = Array.from({ length: 60 }, () => aStream());
        const live = gather(reader, 'beginning', (entries) => eventsOf(entries, ...streams).length === streams.length);
        await Promise.all(streams.map((stream, i) => (i % 2 === 0 ? one : two).append(stream, 1, anEvent({ i }))));
        const { entries } = await live;
        expect(entries.map((entry) => entry.position as number)).toEqual(entries.map((_, index) => index));
        const replayed = await gather(
          await under.open({ role: 'reader' }),
          'beginning',
          (all) => all.length >= entries.length,
        );
        expect(replayed.entries.slice(0, entries.length).map((entry) => entry.value)).toEqual(
          entries.map((entry) => entry.value),
        );
      },
    );

    clause(9, 'resuming after a saved head yields everything after it and skips nothing', async () => {
      const log = await under.open({ tailBytesMax: 1 });
      const stream = aStream();
      const heads = [];
      for (let revision = 1; revision <= 6; revision += 1) {
        await appended(log, stream, revision);
        heads.push(log.head());
      }
      for (const [index, head] of heads.entries()) {
        const { entries } = await untilCaughtUp(log, head);
        expect(eventsOf(entries, stream).map((event) => event.revision)).toEqual([1, 2, 3, 4, 5, 6].slice(index + 1));
      }
    });

    clause(
      10,
      'a follow from the beginning says caughtUp once the end that it met is reached, also on a quiet log',
      async () => {
        const log = await under.open();
        const stream = aStream();
        for (let revision = 1; revision <= 3; revision += 1) await appended(log, stream, revision);
        const { entries, batches } = await untilCaughtUp(log);
        expect(eventsOf(entries, stream)).toHaveLength(3);
        expect(batches.findIndex((batch) => batch.caughtUp)).toBe(batches.length - 1);
        expect((await untilCaughtUp(log, log.head())).entries).toEqual([]);
      },
    );

    clause(
      11,
      'events of one stream reach every follower in revision order, whoever comes and goes meanwhile',
      async () => {
        const writer = await under.open();
        const stream = aStream();
        const steady = await under.open({ role: 'reader' });
        const live = gather(steady, 'beginning', (entries) => eventsOf(entries, stream).length === 30);
        for (let revision = 1; revision <= 30; revision += 1) {
          await appended(writer, stream, revision);
          if (revision % 10 === 0) await (await under.open({ role: 'reader' })).close();
        }
        const revisions = eventsOf((await live).entries, stream).map((event) => event.revision);
        expect(revisions).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
      },
    );

    clause(12, 'an event type that nobody knows is delivered, not dropped', async () => {
      const log = await under.open();
      const stream = aStream();
      await log.append(stream, 1, anEvent({ new: 'shape' }, 'openclaw.from-the-future.appeared.v9'));
      expect((await streamOf(log, stream)).map((event) => event.type)).toEqual([
        'openclaw.from-the-future.appeared.v9',
      ]);
      expect(eventsOf((await untilCaughtUp(log)).entries, stream)).toHaveLength(1);
    });

    clause(
      13,
      'with the store frozen, readiness answers in time and an append answers "unknown", retriable, never "failed"',
      async () => {
        const log = await under.open({ appendTimeoutMs: 1000 });
        const stream = aStream();
        await appended(log, stream, 1);
        expect(await log.readiness(2000)).toMatchObject({ ready: true });
        const thaw = await target.freeze();
        const event = anEvent('sent into the ice');
        try {
          const begun = Date.now();
          expect(await log.readiness(300)).toMatchObject({ ready: false });
          expect(Date.now() - begun).toBeLessThan(1500);
          await expect(log.append(stream, 2, event)).rejects.toMatchObject({ name: 'OutcomeUnknown', retriable: true });
        } finally {
          await thaw();
        }
        const { entries } = await gather(log, 'beginning', (all) => eventsOf(all, stream).length === 2);
        expect(eventsOf(entries, stream).at(-1)).toMatchObject({ id: event.id, revision: 2 });
        await appended(log, stream, 3);
      },
    );

    clause(
      14,
      'after close every call rejects with EventLogClosed, also what was waiting, and nothing stays open',
      async () => {
        const before = openHandles();
        const log = await under.open();
        const stream = aStream();
        await appended(log, stream, 1);
        const waiting = gather(log, log.head(), () => false);
        await Promise.all([log.close(), expect(waiting).rejects.toThrow(EventLogClosed)]);
        await expect(log.append(stream, 2, anEvent())).rejects.toThrow(EventLogClosed);
        await expect(log.barrier(never())).rejects.toThrow(EventLogClosed);
        await expect(log.confirm(log.head().position)).rejects.toThrow(EventLogClosed);
        await expect(log.readiness(100)).rejects.toThrow(EventLogClosed);
        await expect(streamOf(log, stream)).rejects.toThrow(EventLogClosed);
        await expect(untilCaughtUp(log)).rejects.toThrow(EventLogClosed);
        await log.close();
        await under.dispose();
        for (let tries = 0; openHandles() > before && tries < 250; tries += 1) await pause(20);
        expect(openHandles()).toBeLessThanOrEqual(before);
      },
    );

    clause(15, 'there is no way to update or delete with the rights that a service has', async () => {
      const log = await under.open();
      await appended(log, aStream(), 1);
      expect(await under.tamper()).toEqual([]);
    });

    clause(16, 'a store that was stopped and started again holds the same log', async () => {
      const log = await under.open();
      const stream = aStream();
      for (let revision = 1; revision <= 5; revision += 1) await appended(log, stream, revision);
      const before = { head: log.head(), events: await streamOf(log, stream) };
      await log.close();
      await target.restart();
      const again = await under.open({ role: 'reader' });
      expect(again.logId).toBe(before.head.logId);
      expect(await streamOf(again, stream)).toEqual(before.events);
      const { batches } = await gather(again, before.head, (_, batch) => batch.caughtUp);
      expect(batches[0]?.head.position).toBeGreaterThanOrEqual(before.head.position);
    });

    clause(
      17,
      'a terminal event is accepted under a storm of claims, in one append, once; then nothing more on its stream',
      async () => {
        const [one, two] = [await under.open(), await under.open()];
        const stream = aStream();
        const created = encodeOuterForm(stream, 1, anEvent('created'));
        await (await under.rawJournal()).append({ key: stream, value: created });
        await Promise.all([one.barrier(never()), two.barrier(never())]);
        await waitForStream(one, stream);
        const storm = new AbortController();
        const claimers = Array.from({ length: 16 }, async (_, i) => {
          while (!storm.signal.aborted) {
            const log = i % 2 === 0 ? one : two;
            const next = (await streamOf(log, stream)).length + 1;
            const result = await log.append(stream, next, anEvent({ claimer: i }));
            if (result.outcome === 'conflict' && result.closed) return;
          }
        });
        const revoked = await Promise.all([
          one.append(stream, 'terminal', anEvent('end')),
          two.append(stream, 'terminal', anEvent('end')),
        ]);
        storm.abort();
        await Promise.all(claimers);
        expect(revoked.filter((result) => result.outcome === 'appended')).toHaveLength(1);
        await (await under.rawJournal()).append({ key: stream, value: created });
        const late = await one.append(stream, 1, anEvent('again'));
        expect(late).toMatchObject({ outcome: 'conflict', closed: true });
        const reader = await under.open({ role: 'reader' });
        await reader.barrier(never());
        const events = await streamOf(reader, stream);
        expect(events.filter((event) => event.terminal)).toHaveLength(1);
        expect(events.at(-1)).toMatchObject({ terminal: true, data: 'end', revision: events.length });
      },
    );

    clause(18, 'a failed send followed by another record: both are read back, never one silently missing', async () => {
      let failed = false;
      const log = await under.open({
        resendAfterMs: 100,
        decorate: (journal) =>
          new FaultyJournal(journal, {
            onAppend: async (record) => {
              if (!record.key.startsWith('thing/') || failed) return undefined;
              failed = true;
              return 'lose-ack';
            },
          }),
      });
      const [one, two] = [aStream(), aStream()];
      const results = await Promise.all([log.append(one, 1, anEvent('a')), log.append(two, 1, anEvent('b'))]);
      expect(results.map((result) => result.outcome)).toEqual(['appended', 'appended']);
      const reader = await under.open({ role: 'reader' });
      await reader.barrier(never());
      expect(await streamOf(reader, one)).toHaveLength(1);
      expect(await streamOf(reader, two)).toHaveLength(1);
    });

    clause(
      19,
      'a hole, a step back, another history or a lost end: the reader halts loudly and answers nothing more',
      async () => {
        const writer = await under.open();
        const stream = aStream();
        for (let revision = 1; revision <= 4; revision += 1) await appended(writer, stream, revision);
        const without = (drop: (record: JournalRecord) => boolean) => async (records: readonly JournalRecord[]) =>
          records.filter((record) => !drop(record));
        const damaged = {
          hole: without((record) => record.offset === 3),
          'step back': async (records: readonly JournalRecord[]) =>
            records.map((record) => ({ ...record, offset: Math.min(record.offset, 2) })),
          'first record missing': without((record) => record.offset === 0),
        };
        for (const [what, onRead] of Object.entries(damaged)) {
          const halts: LogHalted[] = [];
          const open = under.open({
            role: 'reader',
            decorate: (journal) => new FaultyJournal(journal, { onRead }),
            onHalt: (reason) => halts.push(reason),
          });
          await expect(open).rejects.toThrow(LogHalted);
          expect([what, halts.length]).toEqual([what, 1]);
        }
        const { position } = writer.head();
        const places = {
          'another chain hash': { position, chainHash: 'ab'.repeat(32) },
          'another log': { position, chainHash: await chainHashElsewhere(position) },
          'a lost end': { position: (position + 3) as typeof position, chainHash: writer.head().chainHash },
        };
        for (const [what, place] of Object.entries(places)) {
          const reader = await under.open({ role: 'reader', lostTailAfterMs: 200 });
          const following = gather(reader, place, () => true).then(() => 'went on', (error: unknown) => error); // prettier-ignore
          expect([what, await following]).toEqual([what, expect.any(LogHalted)]);
          await expect(reader.barrier(never())).rejects.toThrow(LogHalted);
        }
      },
    );

    clause(
      20,
      'barrier never resolves below an acknowledged position, and not at all while its reader is stale',
      async () => {
        const writer = await under.open();
        const gate = { open: true, release: Promise.withResolvers<void>() };
        const reader = await under.open({
          role: 'reader',
          decorate: (journal) =>
            new FaultyJournal(journal, {
              onRead: async (records) => {
                if (!gate.open) await gate.release.promise;
                return records;
              },
            }),
        });
        const stream = aStream();
        for (let revision = 1; revision <= 10; revision += 1) {
          const event = await appended(writer, stream, revision);
          expect(await reader.barrier(never())).toBeGreaterThanOrEqual(event.position);
        }
        gate.open = false;
        const hidden = await appended(writer, stream, 11);
        const stale = reader.barrier(never());
        expect(await settlesWithin(stale, 400)).toBe(false);
        gate.open = true;
        gate.release.resolve();
        expect(await stale).toBeGreaterThanOrEqual(hidden.position);
      },
    );

    clause(
      21,
      'append, and a confirming answer on a foreign append, resolve only after their head is committed',
      async () => {
        const gate = { closed: false, release: Promise.withResolvers<void>() };
        const decorateCoordination = (journal: ConstructorParameters<typeof FaultyJournal>[0]): FaultyJournal =>
          new FaultyJournal(journal, { onAppend: async () => (gate.closed ? gate.release.promise : undefined) });
        const [held, other] = [await under.open({ decorateCoordination }), await under.open()];
        const stream = aStream();
        gate.closed = true;
        const mine = held.append(stream, 1, anEvent());
        await waitForStream(other, stream);
        expect(await settlesWithin(mine, 300)).toBe(false);
        const foreign = await appended(other, aStream(), 1);
        const confirmed = held.confirm(foreign.position);
        expect(await settlesWithin(confirmed, 300)).toBe(false);
        gate.release.resolve();
        expect(await mine).toMatchObject({ outcome: 'appended', revision: 1 });
        await confirmed;
      },
    );

    clause(
      22,
      'equal history gives an equal chain hash: h(n) = SHA-256(h(n-1) || value), on every adapter',
      async () => {
        const log = await under.open();
        const stream = aStream();
        for (let revision = 1; revision <= 3; revision += 1) await appended(log, stream, revision);
        await (await under.rawJournal()).append({ key: stream, value: Buffer.from('no event at all') });
        const reader = await under.open({ role: 'reader' });
        const records = await journalRecords();
        const chain = new ChainHash();
        for (const record of records) chain.update(record.value);
        expect(reader.head()).toMatchObject({ position: records.length - 1, chainHash: chain.hex() });
        expect((await untilCaughtUp(reader)).batches.at(-1)?.head).toEqual(reader.head());
      },
    );

    clause(
      23,
      'a body that nobody understands is accepted; an outer form that cannot be parsed is handed over with its reason, is never accepted, and stops nobody',
      async () => {
        const log = await under.open();
        const stream = aStream();
        await appended(log, stream, 1);
        const raw = await under.rawJournal();
        const junk = [
          '',
          'no json',
          '[]',
          '{"specversion":"1.0"}',
          JSON.stringify({ ...JSON.parse(encodeOuterForm(stream, 2, anEvent()).toString()), revision: -2 }),
        ];
        for (const value of junk) await raw.append({ key: stream, value: Buffer.from(value) });
        const future = anEvent({ new: 'shape' }, 'openclaw.from-the-future.appeared.v9');
        expect(await log.append(stream, 2, future)).toMatchObject({ outcome: 'appended' });
        await appended(log, stream, 3);
        const { entries } = await untilCaughtUp(log);
        const unparsable = entries.flatMap((entry) => (entry.kind === 'unparsable' ? [entry] : []));
        expect(unparsable.map((entry) => entry.value.toString())).toEqual(junk);
        expect(unparsable.every((entry) => entry.reason.length > 3)).toBe(true);
        expect(eventsOf(entries, stream).map((event) => event.revision)).toEqual([1, 2, 3]);
      },
    );

    clause(
      24,
      'an append whose outcome stayed unknown is settled in the background: its stream goes on from there',
      async () => {
        const gate = { shut: false };
        const log = await under.open({
          appendTimeoutMs: 1000,
          decorate: (journal) =>
            new FaultyJournal(journal, {
              onAppend: async () => {
                if (gate.shut) throw new Error('planted: unreachable');
              },
            }),
        });
        const stream = aStream();
        await (await under.open()).append(stream, 1, anEvent('one')); // with the usual patience
        await reads(log, stream, 1);
        gate.shut = true;
        const lost = anEvent('two');
        await expect(log.append(stream, 2, lost)).rejects.toThrow(OutcomeUnknown);
        const rival = log.append(stream, 2, anEvent('instead'));
        await expect(rival).rejects.toThrow(OutcomeUnknown);
        gate.shut = false;
        await gather(log, 'beginning', (entries) => eventsOf(entries, stream).length === 2);
        expect((await streamOf(log, stream)).map((event) => event.data)).toEqual(['one', 'two']);
      },
    );

    clause(25, 'of 50 writers in two processes exactly one wins each revision, round after round', async () => {
      const logs = [await under.open(), await under.open()] as const;
      const stream = aStream();
      await appended(logs[0], stream, 1);
      for (let revision = 2; revision < 2 + ROUNDS; revision += 1) {
        for (const log of logs) await reads(log, stream, revision - 1);
        const results = await Promise.all(
          Array.from({ length: 50 }, async (_, i) =>
            logs[i % 2 === 0 ? 0 : 1].append(stream, revision, anEvent({ i })),
          ),
        );
        const won = results.filter((result) => result.outcome === 'appended').length;
        if (won !== 1) throw new Error(`revision ${revision}: ${won} winners`);
      }
      const revisions = (await streamOf(logs[1], stream)).map((event) => event.revision);
      expect(revisions).toEqual(Array.from({ length: ROUNDS + 1 }, (_, i) => i + 1));
    });

    clause(26, 'a terminal event needs one append under 64 claimers and updaters', async () => {
      const ends: string[] = [];
      const log = await under.open({
        decorate: (journal) =>
          new FaultyJournal(journal, {
            onAppend: async (record) => {
              if (Buffer.from(record.value).includes('"terminal":true')) ends.push(record.key);
            },
          }),
      });
      const other = await under.open();
      const stream = aStream();
      await appended(log, stream, 1);
      await waitForStream(other, stream);
      const claim = async (one: EventLog, writer: number): Promise<void> => {
        for (;;) {
          const next = (await streamOf(one, stream)).length + 1;
          const result = await one.append(stream, next, anEvent({ writer }));
          if (result.outcome === 'conflict' && result.closed) return;
        }
      };
      const storm = Array.from({ length: 64 }, (_, i) => claim(i % 2 === 0 ? log : other, i));
      await reads(log, stream, 5);
      expect(await log.append(stream, 'terminal', anEvent('end'))).toMatchObject({ outcome: 'appended' });
      expect(ends).toEqual([stream]);
      await Promise.all(storm);
      expect((await streamOf(log, stream)).at(-1)).toMatchObject({ terminal: true, data: 'end' });
    });

    clause(
      27,
      'a reader that goes on from a kept state judges every later record like one from the first',
      async () => {
        const log = await under.open();
        const [stream, ended] = [aStream(), aStream()];
        for (const revision of [1, 2]) await appended(log, stream, revision);
        await appended(log, ended, 1);
        await log.append(ended, 'terminal', anEvent('end'));
        const kept = await keptState(log);
        const raw = await under.rawJournal();
        // Late copies of what is long decided: only who remembers every stream refuses them.
        for (const [late, claim] of [
          [ended, 1],
          [ended, 3],
          [stream, 2],
        ] as const) {
          await raw.append({ key: late, value: encodeOuterForm(late, claim, anEvent('late')) });
        }
        await appended(log, stream, 3);
        const whole = (await untilCaughtUp(log)).entries.filter(({ position }) => position > kept.head.position);
        const resumed = await under.open({ role: 'reader', resume: kept, tailBytesMax: 1 });
        const tail = await untilCaughtUp(resumed, kept.head);
        expect(tail.entries).toEqual(whole);
        expect(tail.entries.map((entry) => entry.kind)).toContain('superseded');
        expect(resumed.head()).toEqual(log.head());
        await expect(untilCaughtUp(resumed)).rejects.toThrow(RangeError);
      },
    );

    clause(28, 'a kept state that is not of this history is refused, and the log opens without it', async () => {
      const log = await under.open();
      for (let revision = 1; revision <= 3; revision += 1) await appended(log, aStream(), 1);
      const kept = await keptState(log);
      const { head, anchor } = kept;
      const wrong: readonly ResumePoint[] = [
        { ...kept, head: { ...head, logId: randomUUID() } },
        { ...kept, head: { ...head, position: positionAt(head.position + 1000) } },
        { ...kept, head: { ...head, chainHash: anchor.chainHash } },
        { ...kept, anchor: { ...anchor, chainHash: head.chainHash } },
        { ...kept, head: { ...head, position: positionAt(head.position - 1) } },
      ];
      for (const resume of wrong) {
        await expect(under.open({ role: 'reader', resume })).rejects.toThrow(ResumeRefused);
      }
      expect((await under.open({ role: 'reader' })).head()).toEqual(log.head());
    });
  });
};

/** What a reader keeps of everything up to now; its anchor lies a few records back. */
const keptState = async (log: EventLog): Promise<ResumePoint> => {
  const { entries } = await untilCaughtUp(log);
  const [acceptance, chain] = [new AcceptanceState(), new ChainHash()];
  let anchor: ResumePoint['anchor'] = { position: positionAt(-1), chainHash: chain.hex() };
  for (const entry of entries) {
    if (entry.position === entries.length - 3)
      anchor = { position: positionAt(entry.position - 1), chainHash: chain.hex() };
    chain.update(entry.value);
    if (entry.kind !== 'event') continue;
    acceptance.admit(entry.event.stream, entry.event.terminal ? 'terminal' : entry.event.revision);
  }
  const head = { logId: log.logId, position: positionAt(entries.length - 1), chainHash: chain.hex() };
  return { head, anchor, acceptance };
};

/** Until this process has read `revision` of `stream`. */
const reads = async (log: EventLog, stream: StreamName, revision: number): Promise<void> => {
  for (;;) {
    const before = log.head();
    const first = await log.readStream(stream, revision)[Symbol.asyncIterator]().next();
    if (first.done !== true) return;
    await gather(log, before, (entries) => entries.length > 0);
  }
};

/** Until this process has read the first event of `stream`. */
const waitForStream = async (log: EventLog, stream: StreamName): Promise<void> => {
  await gather(log, 'beginning', (entries) => eventsOf(entries, stream).length > 0);
};

/** How many timers, sockets and the like keep this process alive. */
const openHandles = (): number => process.getActiveResourcesInfo().length;
