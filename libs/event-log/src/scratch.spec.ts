import { describeEventLogContract, type LogTarget, type LogUnderTest } from '@openclaw/event-log/testing';
import { InMemoryJournalServer, InMemoryJournalStore, openEventLog, type Coordination, type EventLog, type Journal, type LogHead, type Position } from '@openclaw/event-log';
import { randomUUID } from 'node:crypto';
class Naive implements Coordination {
  constructor(private j: Journal) {}
  stop = new AbortController();
  async start() {}
  async announce(head: LogHead) { await this.j.append({ key: 'w', value: Buffer.from(JSON.stringify({ head: head.position })) }); }
  async need(signal: AbortSignal): Promise<Position> {
    const nonce = randomUUID();
    await this.j.append({ key: 'w', value: Buffer.from(JSON.stringify({ nonce })) });
    let need = -1;
    for await (const rs of this.j.read(0, AbortSignal.any([signal, this.stop.signal]))) for (const r of rs) {
      const v = JSON.parse(r.value.toString());
      if (v.head !== undefined) need = Math.max(need, v.head);
      if (v.nonce === nonce) return need as Position;
    }
    throw new Error('aborted');
  }
  async close() { this.stop.abort(); }
}
const target = async (): Promise<LogTarget> => {
  const server = new InMemoryJournalServer();
  let n = 0;
  return {
    name: 'memory',
    freeze: async () => { const t = server.freeze(); return async () => t(); },
    restart: async () => {}, stop: async () => {},
    fresh: async (): Promise<LogUnderTest> => {
      const topic = `t${++n}`; const logs: EventLog[] = []; const store = new InMemoryJournalStore(server);
      return {
        open: async (o = {}) => {
          const j = await store.open(topic); const c = await store.open(topic + '-c');
          const log = await openEventLog(o.decorate?.(j) ?? j, { source: 'x', role: o.role ?? 'writer', keepStreams: true, coordination: new Naive(o.decorateCoordination?.(c) ?? c), ...o });
          logs.push(log); return log;
        },
        rawJournal: () => store.open(topic), rawCoordination: () => store.open(topic + '-c'),
        tamper: async () => [],
        dispose: async () => { await Promise.all(logs.map((l) => l.close())); await store.close(); },
      };
    },
  };
};
describeEventLogContract(target, 'memory', { 16: 'no disk in memory' });
