import type { LogHead, Position } from '@openclaw/event-log';
import type { Decoded } from '../src/codec';
import { CoordinationView } from '../src/coordination-view';
import type { SimulatedStore } from './simulated-store';

/** One process's reader of the coordination journal: hands out any prefix, folds with the real view. */
export class SimulatedReader {
  readonly view = new CoordinationView('log');

  constructor(
    private readonly world: SimulatedStore,
    private readonly onRecord: (record: Decoded, offset: number, restarted: boolean) => void,
  ) {
    if (world.mutant === 'start-up without covers') this.#pretendRead(world.oldest);
  }

  read(amount: number): void {
    if (this.world.mutant === 'a hole ignored' && this.view.next > 0) this.#pretendRead(this.world.oldest);
    let offset = Math.max(this.view.next, this.world.oldest);
    const end = Math.min(offset + amount, this.world.coordination.length);
    for (; offset < end; offset += 1) {
      const record = this.world.coordination[offset] ?? { kind: 'unknown' };
      const admission = this.view.admit(offset, record);
      if (admission.outcome === 'halt') throw new Error(admission.reason);
      this.onRecord(record, offset, admission.outcome === 'restarted');
    }
  }

  #pretendRead(end: number): void {
    for (let offset = this.view.next; offset < end; offset += 1) this.view.admit(offset, { kind: 'unknown' });
  }
}

export const headAt = (position: Position): LogHead => ({
  logId: 'log',
  position,
  chainHash: (position + 1).toString(16).padStart(64, '0'),
});
