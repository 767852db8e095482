import type { Position } from '@openclaw/event-log';
import type { CoordinationFeed } from './coordination-feed';
import { ReceiptLedger } from './receipt-ledger';
import type { Receipt } from './receipts';
import type { HostTime } from './time.port';

export interface ReceiptDeskOptions {
  /** The name under which this process sends its heads (`LogCoordinationOptions.name`). */
  readonly writer: string;
  /** The longest lease that any validator of the deployment may hold, in milliseconds. */
  readonly boundMs: number;
}

/** Gives a writer its receipts: who has applied the change at a position, whose lease has expired, who is missing. */
export class ReceiptDesk {
  readonly #ledger: ReceiptLedger;
  readonly #waiting = new Set<() => void>();
  readonly #unlisten: () => void;
  #ended: Error | undefined;

  /** Open it before the feed starts, or receipts are not complete before `boundMs` has passed. */
  constructor(
    private readonly feed: CoordinationFeed,
    private readonly time: HostTime,
    options: ReceiptDeskOptions,
  ) {
    this.#ledger = new ReceiptLedger(options.writer, options.boundMs);
    this.#unlisten = feed.listen({
      onRecord: ({ offset, record, readAtMs }) => {
        this.#ledger.admit(offset, record, readAtMs);
        this.#wake();
      },
      onHalt: (reason) => this.#end(reason),
    });
  }

  /** The receipt as it stands now. */
  judge(position: Position): Receipt {
    return this.#ledger.judge(position, this.time.monotonic.nowMs());
  }

  /**
   * Waits for the complete receipt of the change at `position`: at most L after the head behind it. When `signal`
   * aborts first, resolves with the receipt as it stands, the missing named. Rejects when the feed halts or closes.
   */
  async receipt(position: Position, signal: AbortSignal): Promise<Receipt> {
    for (;;) {
      const ended = this.#ended ?? this.feed.ended;
      if (ended !== undefined) throw ended;
      const receipt = this.judge(position);
      if (receipt.complete || signal.aborted) return receipt;
      await this.#change(receipt, signal);
    }
  }

  close(reason: Error): void {
    this.#end(reason);
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    this.#unlisten();
    this.#wake();
  }

  /** Resolves at the next record, at the next expiry, or when `signal` aborts. */
  #change({ nextExpiryMs }: Receipt, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        cancel();
        resolve();
      };
      const untilMs = nextExpiryMs === undefined ? undefined : nextExpiryMs - this.time.monotonic.nowMs();
      const cancel = untilMs === undefined ? () => undefined : this.time.scheduler.after(untilMs, wake);
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
