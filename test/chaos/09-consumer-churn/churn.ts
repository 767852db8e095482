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

  constructor(
    private readonly order: Omit<ProjectorOrder, 'schema' | 'death'>,
    private readonly random: SeededRandom,
  ) {}

  /** Drives one projector until it has come and gone `atLeast` times and then handled `end()`, once that is known. */
  async drive(schema: string, atLeast: number, end: () => number): Promise<void> {
    let lives = 0;
    for (;;) {
      const last = lives >= atLeast && end() >= 0;
      const projector = this.#start(schema, last ? undefined : this.#death());
      const patienceMs = this.random.between(1_200, 3_000);
      // Some are asked to leave before the statement comes at which they would die.
      const leaves = !last && this.random.next() < 0.3;
      const done = projector.line((line) => end() >= 0 && line.handled >= end()).catch(() => undefined);
      await Promise.race(leaves ? [projector.ended, done, pause(patienceMs)] : [projector.ended, done]);
      await projector.stop();
      lives += this.#count(schema, projector.end);
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
    return { statement: this.random.between(20, 120), sent: this.random.next() < 0.5 };
  }

  #start(schema: string, death: Death | undefined): Child<ProjectorOrder, ProjectorLine> {
    this.starts += 1;
    return new Child('workload/projector', { ...this.order, schema, death });
  }
}
