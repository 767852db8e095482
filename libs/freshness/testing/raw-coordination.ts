import type { Journal, LogHead } from '@openclaw/event-log';
import {
  COVERS_NOTHING,
  type CoordinationRecord,
  type Decoded,
  decodeRecord,
  encodeRecord,
  type Head,
  type Renewal,
} from '../src/codec';
import { freshTopics } from '../src/open-fresh-log';
import type { StoreUnderTest } from './store-under-test';

/** The coordination journal as an outsider sees it: reads what is really there, plants what nobody of ours sent. */
export class RawCoordination {
  private constructor(private readonly journal: Journal) {}

  static async open(under: StoreUnderTest): Promise<RawCoordination> {
    const store = await under.connect();
    await store.ensureTopics(freshTopics(under.lifecycleTopic, under.coordinationTopic));
    return new RawCoordination(await store.open(under.coordinationTopic));
  }

  async records(): Promise<readonly Decoded[]> {
    const end = new AbortController();
    const { oldest, next } = await this.journal.bounds(end.signal);
    const records: Decoded[] = [];
    if (oldest === next) return records;
    for await (const batch of this.journal.read(oldest, end.signal)) {
      records.push(...batch.map(({ value }) => decodeRecord(value)));
      if ((batch.at(-1)?.offset ?? 0) >= next - 1) break;
    }
    end.abort();
    return records;
  }

  async heads(): Promise<readonly Head[]> {
    return (await this.records()).filter((record) => record.kind === 'head');
  }

  plant(record: CoordinationRecord | string): Promise<void> {
    const value = typeof record === 'string' ? Buffer.from(record) : encodeRecord(record);
    return this.journal.append({ key: 'planted', value });
  }
}

/** A head as some other writer would send it. */
export const foreignHead = (at: LogHead, covers: number = COVERS_NOTHING): Head => ({
  kind: 'head',
  writer: 'somebody/else',
  ...at,
  covers,
});

/** A renewal as some other incarnation would send it. */
export const foreignRenewal = (at: LogHead, fields: Partial<Renewal> = {}): Renewal => ({
  kind: 'renewal',
  validator: 'validator',
  incarnation: 'another-life',
  nonce: 1,
  logId: at.logId,
  boundMs: 10_000,
  applied: at.position,
  chainHash: at.chainHash,
  lastSequence: [],
  head: at.position,
  covers: COVERS_NOTHING,
  ...fields,
});
