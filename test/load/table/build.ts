import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AcceptanceState, type RecordedEvent } from '@openclaw/event-log';
import { FlatCodes } from '../../../apps/validator/src/code-index/flat-codes';
import { codeIssued, codeRotated, masterKeyRegistered, sampleId, sampleSecret } from '../code-index/sample-codes';
import { quantile } from '../statistics';
import type { Built } from './built.parser';
import { ObjectCodes } from './object-codes';

/** Events a turn: what a validator that keeps up gets in one fetch, at some thousand events a second. */
const EVENTS_A_TURN = 50;
const LOOKUPS_A_CODE = 0.5;
const WARM_UP_EVENTS = 150_000;
const WARM_UP_CODES = 1_000;

interface Table {
  apply(event: RecordedEvent): void;
  /** The id of the code with this secret. */
  idOf(codeHash: string): string | undefined;
}

const tables: Readonly<Record<string, () => Table>> = {
  flat: () => {
    const [codes, acceptance] = [new FlatCodes(), new AcceptanceState()];
    return {
      apply: (event) => {
        acceptance.admit(event.stream, event.terminal ? 'terminal' : event.revision);
        codes.apply(event);
      },
      idOf: (codeHash) => {
        const found = codes.lookup({ codeHash, pepperKeyId: 'pepper-1' });
        return found.kind === 'known' ? found.code.id : undefined;
      },
    };
  },
  objects: () => new ObjectCodes(),
};

/** `build.ts flat|objects <codes>`: builds, looks up, and says in one line of JSON what it cost. */
const main = async (kind: string, codes: number): Promise<Built> => {
  const make = tables[kind];
  if (make === undefined) throw new RangeError(`${kind}: say flat or objects`);
  const watch = new LoopWatch();
  await warmUp(make());
  const table = make();
  collect();
  const before = process.memoryUsage().rss;
  watch.begin();
  const begunAtMs = performance.now();
  table.apply(masterKeyRegistered());
  for (let n = 1; n <= codes; n += EVENTS_A_TURN) {
    issue(table, n, Math.min(n + EVENTS_A_TURN - 1, codes), codes);
    await nextTurn();
  }
  const buildMs = performance.now() - begunAtMs;
  const digestOk = await lookUp(table, codes);
  watch.end();
  collect();
  const residentBytes = process.memoryUsage().rss - before;
  return { codes, buildMs, residentBytes, digestOk, ...watch.seen() };
};

/** The process runs with --expose-gc: what is garbage is no memory of a table. */
const collect = (): void => globalThis.gc?.();

const issue = (table: Table, from: number, to: number, codes: number): void => {
  for (let n = from; n <= to; n += 1) {
    table.apply(codeIssued(n));
    if (n % 20 === 0) table.apply(codeRotated(n, codes + n, 2));
  }
};

/**
 * Compiles what is measured and lets the heap grow to the size at which the work is done, with a table that stays small:
 * neither is a cost of a code.
 */
const warmUp = async (table: Table): Promise<void> => {
  table.apply(masterKeyRegistered());
  for (let n = 1; n <= WARM_UP_EVENTS; n += 1) {
    table.apply(codeIssued(n % WARM_UP_CODES));
    if (n % EVENTS_A_TURN === 0) await nextTurn();
  }
};

const lookUp = async (table: Table, codes: number): Promise<boolean> => {
  let right = true;
  for (let i = 0, n = 1; i < codes * LOOKUPS_A_CODE; i += 1, n = ((n + 48_271) % codes) + 1) {
    const { codeHash } = n % 20 === 0 ? sampleSecret(codes + n + 0.5) : sampleSecret(n);
    if (table.idOf(codeHash) !== sampleId(n)) right = false;
    if (i % EVENTS_A_TURN === 0) await nextTurn();
  }
  return right;
};

/** Times every turn of the loop while it watches. */
class LoopWatch {
  readonly #turnsMs: number[] = [];
  #worstWallMs = 0;
  #worstCollectionMs = 0;
  #watching = false;
  readonly #observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) this.#worstCollectionMs = Math.max(this.#worstCollectionMs, duration);
  });

  begin(): void {
    this.#watching = true;
    this.#observer.observe({ entryTypes: ['gc'] });
    void this.#watch();
  }

  end(): void {
    this.#watching = false;
    this.#observer.disconnect();
  }

  seen(): Pick<Built, 'worstStallMs' | 'p999StallMs' | 'worstWallMs' | 'worstCollectionMs'> {
    const worstStallMs = this.#turnsMs.reduce((worst, ms) => Math.max(worst, ms), 0);
    const p999StallMs = quantile(this.#turnsMs, 0.999);
    return { worstStallMs, p999StallMs, worstWallMs: this.#worstWallMs, worstCollectionMs: this.#worstCollectionMs };
  }

  async #watch(): Promise<void> {
    for (let [atMs, workedMs] = [performance.now(), workedByThreadMs()]; this.#watching;) {
      await nextTurn();
      const [nowMs, nowWorkedMs] = [performance.now(), workedByThreadMs()];
      this.#turnsMs.push(nowWorkedMs - workedMs);
      this.#worstWallMs = Math.max(this.#worstWallMs, nowMs - atMs);
      [atMs, workedMs] = [nowMs, nowWorkedMs];
    }
  }
}

/** Processor time of the loop's thread so far, milliseconds. */
const workedByThreadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

void main(process.argv[2] ?? '', Number(process.argv[3])).then((built) => console.log(JSON.stringify(built)));
