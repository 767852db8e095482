import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random';
import { Child } from '../workload/child';
import { type Death, NOT_STARTED, type ProjectorLine, type ProjectorOrder } from '../workload/projector';

/** Projectors that come and go: killed inside a batch, stopped in the middle, started again on their checkpoint. */
export class Churn {
  kills = 0;
  starts = 0;
  stops = 0;
  failedStarts = 0;
  readonly badEnds: string[] = [];
  readonly #lives = new Map<string, number>();

  constructor(
    private readonly order: Omit<ProjectorOrder, 'schema' | 'death'>,
    private readonly random: SeededRandom,
    /** At which of its first statements a projector may die. */
    private readonly statements: number,
  ) {}

  /** Resolves when each driven projector has come and gone so often, or one of them ended badly. */
  async everybodyHasLived(often: number): Promise<void> {
    while (Math.min(...this.#lives.values()) < often && this.badEnds.length === 0) await pause(50);
  }

  /** Drives one projector until it has come and gone `atLeast` times and then handled `end()`, once that is known. */
  async drive(schema: string, atLeast: number, end: () => number): Promise<void> {
    this.#lives.set(schema, 0);
    for (;;) {
      const lives = this.#lives.get(schema) ?? 0;
      const last = lives >= atLeast && end() >= 0;
      const projector = this.#start(schema, last ? undefined : this.#death());
      const patienceMs = this.random.between(500, 3_000);
      // Some are asked to leave before the statement comes at which they would die.
      const leaves = !last && this.random.next() < 0.3;
      const done = projector.line((line) => end() >= 0 && line.handled >= end()).catch(() => undefined);
      await Promise.race(leaves ? [projector.ended, done, pause(patienceMs)] : [projector.ended, done]);
      await projector.stop();
      this.#lives.set(schema, lives + this.#count(schema, projector.end));
      if ((last && projector.end === 0) || this.badEnds.length > 0) return;
    }
  }

  #count(schema: string, how: number | NodeJS.Signals | null): number {
    if (how === 'SIGKILL') this.kills += 1;
    else if (how === 0) this.stops += 1;
    else if (how === NOT_STARTED) this.failedStarts += 1;
    else this.badEnds.push(`I7: ${schema} ended badly: ${how}`);
    return how === NOT_STARTED ? 0 : 1;
  }

  #death(): Death {
    return { statement: this.random.between(4, this.statements), sent: this.random.next() < 0.5 };
  }

  #start(schema: string, death: Death | undefined): Child<ProjectorOrder, ProjectorLine> {
    this.starts += 1;
    return new Child('workload/projector', { ...this.order, schema, death });
  }
}
