import type { Journal, JournalAppend, JournalRecord } from '@openclaw/event-log';
import { FaultyJournal } from '@openclaw/event-log/testing';
import { type Decoded, decodeRecord } from '../src/codec';

type AppendFault = 'lose-ack' | 'twice' | 'refuse';

/** A journal whose two directions a spec opens and shuts: a frozen reader, a slow or lost produce, a lost record. */
export class GatedJournal extends FaultyJournal {
  readonly reads = new Gate();
  readonly appends = new Gate();
  /** What was handed to `append` so far, decoded. */
  readonly sent: Decoded[] = [];
  /** The fault of the next append; then none. */
  nextFault: AppendFault | undefined;
  /** Records for which this is true never reach the reader. */
  hides: (record: JournalRecord) => boolean = () => false;
  #unsettled = 0;
  /** How many records were hidden so far. */
  hidden = 0;

  constructor(inner: Journal) {
    super(inner, {
      onAppend: (record) => this.#onAppend(record),
      onRead: async (records) => {
        await this.reads.passed();
        const shown = records.filter((record) => !this.hides(record));
        this.hidden += records.length - shown.length;
        return shown;
      },
    });
  }

  /** Appends that are not settled yet. */
  get unsettled(): number {
    return this.#unsettled;
  }

  override async append(record: JournalAppend): Promise<void> {
    this.#unsettled += 1;
    try {
      await super.append(record);
    } finally {
      this.#unsettled -= 1;
    }
  }

  async #onAppend(record: JournalAppend): Promise<'lose-ack' | 'twice' | void> {
    this.sent.push(decodeRecord(Buffer.from(record.value)));
    await this.appends.passed();
    const fault = this.nextFault;
    this.nextFault = undefined;
    if (fault === 'refuse') throw new Error('planted: the broker is unreachable');
    return fault;
  }
}

/** Lets everything pass, or nothing, or one at a time. */
export class Gate {
  #opened: PromiseWithResolvers<void> | undefined;
  #waiting = 0;

  /** How many stand before the shut gate. */
  get waiting(): number {
    return this.#waiting;
  }

  shut(): void {
    this.#opened ??= Promise.withResolvers<void>();
  }

  open(): void {
    this.#opened?.resolve();
    this.#opened = undefined;
  }

  /** Lets those pass that stand there now, and stays shut. */
  letThrough(): void {
    this.open();
    this.shut();
  }

  async passed(): Promise<void> {
    if (this.#opened === undefined) return;
    this.#waiting += 1;
    await this.#opened.promise;
    this.#waiting -= 1;
  }
}
