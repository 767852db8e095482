import { usageCodec } from '@openclaw/contracts';
import { parseOuterForm, positionAt } from '@openclaw/event-log';
import type { SpoolRecord } from '@openclaw/usage-spool';
import type { Decision } from '../validate-code/decision';
import { NoDecision } from '../validate-code/no-decision';
import { useRequest } from '../validate-code/use-request';
import { UsageRecorder } from './usage-recorder';

const CODE = { codeId: 'c-1', masterKeyId: 'm-1', revision: 3, expiresAtMs: undefined, idleEndsAtMs: undefined };
const decision = (code: Decision['code']): Decision => ({
  allowed: code !== undefined,
  reason: code === undefined ? 'unknown_code' : undefined,
  code,
  logId: 'log-1',
  position: positionAt(7),
  decidedAtMs: 1000,
  freshnessAgeMs: 1,
  remainingUses: undefined,
  remainingRate: undefined,
  rateResetsAtMs: undefined,
  retryAfterMs: undefined,
});
const use = useRequest(
  {
    code: 'x',
    service: 's',
    resource: 'r',
    action: 'a',
    sourceIp: '10.0.0.1',
    endpoint: '',
    requestId: 'r-1',
    traceparent: '',
  },
  { name: 'gateway', auditor: false },
);

/** A spool in memory. */
class Kept {
  readonly partitions = 1;
  readonly durability = 'fsync';
  readonly records: SpoolRecord[] = [];
  isFull = false;
  fails = false;
  get backlog(): number {
    return this.records.length;
  }
  lastDurable(): readonly number[] {
    return this.fails ? [0] : [this.records.length];
  }
  takes(): boolean {
    return !this.isFull;
  }
  async keep(record: SpoolRecord): Promise<void> {
    this.records.push(record);
    if (this.fails) throw new Error('not in time');
  }
  events(): unknown[] {
    return this.records.map(({ value, sequence }) => {
      const parsed = parseOuterForm(value);
      if (!parsed.ok) throw new Error(parsed.reason);
      const decoded = usageCodec.decode(parsed.outer.type, parsed.outer.data);
      return [sequence, decoded.understood ? decoded.event.type : decoded.reason, parsed.outer.claim];
    });
  }
}

describe('the recorder of decisions', () => {
  let kept: Kept;
  let recorder: UsageRecorder;
  let exhausted: Error[];
  beforeEach(() => {
    kept = new Kept();
    exhausted = [];
    recorder = new UsageRecorder({
      producer: 'p-1',
      validator: 'v-1',
      spooled: kept,
      nowMs: () => 1000,
      onExhausted: (reason) => exhausted.push(reason),
      sequenceMax: 10,
    });
  });

  it('numbers without a hole from its opening to its end, and says in the end what the last number was', async () => {
    await recorder.record(use, decision(CODE), 10).kept;
    await recorder.record(use, decision(CODE), 10).kept;
    recorder.end();
    expect(kept.events()).toEqual([
      [1, 'ProducerOpened', 1],
      [2, 'UsageDecided', 2],
      [3, 'UsageDecided', 3],
      [4, 'ProducerClosed', 'terminal'],
    ]);
    expect(() => recorder.record(use, decision(CODE), 10)).toThrow(NoDecision);
  });

  it('takes no number for what the spool does not take, allowed or not', () => {
    kept.isFull = true;
    expect(() => recorder.record(use, decision(CODE), 10)).toThrow('usage-unrecordable');
    expect(() => recorder.record(use, decision(undefined), 10)).toThrow('usage-unrecordable');
    expect(recorder.lastSequence()).toEqual([1]);
  });

  it('says that an answer was withheld when its record was not kept in time', async () => {
    kept.fails = true;
    await expect(recorder.record(use, decision(CODE), 10).kept).rejects.toThrow('usage-unrecordable');
    expect(kept.events()).toEqual([
      [1, 'ProducerOpened', 1],
      [2, 'UsageDecided', 2],
      [3, 'UsageWithheld', 3],
    ]);
  });

  it('records at its end what it has counted, though the spool is full', () => {
    for (let i = 0; i < 3; i += 1) recorder.record(use, decision(undefined), 10);
    kept.isFull = true;
    recorder.end();
    const types = kept.events().map((event) => (Array.isArray(event) ? String(event[1]) : ''));
    expect(types).toEqual(['ProducerOpened', 'UsageDecided', 'RefusalsAggregated', 'ProducerClosed']);
  });

  it('ends its life before its numbers do not fit a revision any more', () => {
    for (let i = 0; i < 9; i += 1) void recorder.record(use, decision(CODE), 10);
    expect(() => recorder.record(use, decision(CODE), 10)).toThrow('usage-unrecordable');
    expect(exhausted).toHaveLength(1);
  });
});
