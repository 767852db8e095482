/**
 * A small world in which the real rules of freshness meet arbitrary interleavings: two writers, two validators that
 * share one name, one lifecycle log, one coordination journal that loses its prefix at any time. Every produce lands
 * late, in any order, or twice; every acknowledgement may be lost; every reader is served any old prefix; everybody
 * may crash or pause between any two steps. `SimulatedStore.violations` is the verdict on INVARIANTS I1 and on receipts.
 *
 * A mutant is one rule done wrong, here in the test only: the world must find a violation for each of them, else it
 * proves nothing.
 */
import { type Mutant, SimulatedStore } from './simulated-store';
import { SimulatedValidator } from './simulated-validator';
import { SimulatedWriter } from './simulated-writer';

export const ACTIONS = [
  'tick', 'expire', 'land', 'land twice', 'restart writer', 'mark', 'read log', 'revoke', 'send head', 'hear ack',
  'read coordination', 'judge receipt', 'commit revoke', 'restart validator', 'apply', 'renew', 'hear renewal',
  'follow coordination', 'begin decision', 'refresh',
] as const; // prettier-ignore
export interface Action {
  readonly type: (typeof ACTIONS)[number];
  readonly who: 0 | 1;
  readonly amount: number;
}

export class World {
  readonly store: SimulatedStore;
  readonly #writers: readonly SimulatedWriter[];
  readonly #validators: readonly SimulatedValidator[];

  constructor(mutant?: Mutant) {
    this.store = new SimulatedStore(mutant);
    this.#writers = ['w0', 'w1'].map((name) => new SimulatedWriter(this.store, name));
    this.#validators = [0, 1].map((index) => new SimulatedValidator(this.store, index));
    for (const writer of this.#writers) writer.mark();
    for (const writer of this.#writers) writer.readLog(Infinity);
    for (const validator of this.#validators) validator.apply(Infinity);
  }

  step({ type, who, amount }: Action): void {
    const { store } = this;
    const writer = this.#writers[who];
    const validator = this.#validators[who];
    if (writer === undefined || validator === undefined) throw new RangeError(`who: ${who}`);
    const steps: Record<Action['type'], () => void> = {
      tick: () => (store.nowMs += amount * 40),
      expire: () => (store.oldest = Math.max(store.oldest, store.coordination.length - amount)),
      land: () => store.land(amount, false),
      'land twice': () => store.land(amount, true),
      'restart writer': () => writer.restart(),
      mark: () => writer.mark(),
      'read log': () => writer.readLog(amount),
      revoke: () => writer.revoke(),
      'send head': () => writer.sendHead(),
      'hear ack': () => writer.hearAck(),
      'read coordination': () => writer.readCoordination(amount),
      'judge receipt': () => writer.judge(),
      'commit revoke': () => this.#commitRevoke(writer),
      'restart validator': () => validator.restart(amount),
      apply: () => validator.apply(amount % 4),
      renew: () => validator.renew(),
      'hear renewal': () => validator.hear(),
      'follow coordination': () => validator.follow(amount),
      'begin decision': () => validator.begin(),
      refresh: () => {
        validator.renew();
        store.land(store.flights.length - 1, false);
        validator.follow(Infinity);
      },
    };
    steps[type]();
    for (const each of this.#validators) each.look();
  }

  #commitRevoke(writer: SimulatedWriter): void {
    writer.mark();
    writer.revoke();
    writer.readLog(Infinity);
    writer.sendHead();
    for (let i = this.store.flights.length; i > 0; i -= 1) this.store.land(0, false);
    writer.hearAck();
  }
}
