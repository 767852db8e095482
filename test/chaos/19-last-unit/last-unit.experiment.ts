import { setTimeout as pause } from 'node:timers/promises';
import type { Observation } from '../experiment';
import type { SeededRandom } from '../seeded-random';
import { Fleet, type Outcome } from '../service/fleet';
import { type IssuedCode, ServiceBed } from '../service/service-bed';
import { type Subject, sideBySide } from '../side-by-side';

const BOUND_MS = 10_000;
const CLIENTS = 64;
const REPLICAS = 4;
const REPLICAS_OF_A_MUTANT = 2;
/** Uses that a code may be good for, and what a client tries of them. */
const BUDGET = 20;
const PER_DAY = 60;
const TRIES = 2;
/** I4: no more than this share above the limit, for any number of validators (docs/reference/limits.md). */
const DOCUMENTED_E = 0;
/** A replica is killed at some time within so many milliseconds of a race. */
const KILLED_WITHIN_MS = 40;

/** INVARIANTS experiment 19: many clients and validators race for one use, for the last units, for a rate limit. */
export const lastUnit = sideBySide({
  number: 19,
  title:
    '64 clients and 4 validators race one single-use code and the last units of a limit, validators are killed midway',
  invariants: ['I3', 'I4'],
  mutants: { 'check, then mark': ['I3', 'I4'], 'limits counted per replica': ['I4'] },
  async run({ random, size, mutant, note }, subjects) {
    const rounds = size === 'long' && mutant === undefined ? 20 : 3;
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS }, async (bed) => {
      const seen = new Map<Subject, Observation>();
      const race = async (subject: Subject, index: number): Promise<void> => {
        const count = subject === undefined ? REPLICAS : REPLICAS_OF_A_MUTANT;
        const order = { name: `fleet-${index}`, count, planted: { mutant: subject } };
        const fleet = await Fleet.start(bed, order, random);
        seen.set(subject, await new Races(bed, fleet, random).run(rounds));
        fleet.close();
      };
      await Promise.all(subjects.map(race));
      note(`overshoot ${seen.get(subjects[0])?.counts['overshootPercent']} %, documented e = ${100 * DOCUMENTED_E} %`);
      return seen;
    });
  },
});

/** The races of one fleet, one kind after the other; in the last of each kind a replica dies. */
class Races {
  readonly #violations: string[] = [];
  readonly #counts = { races: 0, uses: 0, allowed: 0, undecided: 0, overshootPercent: 0, leastAllowedPercent: 100 };

  constructor(
    private readonly bed: ServiceBed,
    private readonly fleet: Fleet,
    private readonly random: SeededRandom,
  ) {}

  async run(rounds: number): Promise<Observation> {
    for (let round = 1; round <= rounds; round += 1) {
      const dies = round === rounds;
      await this.#race('I3', { usesMax: 1 }, { limit: 1, tries: 1, dies });
      await this.#race('I4', { usesMax: BUDGET }, { limit: BUDGET, tries: TRIES, dies: false });
      await this.#race('I4', { rateLimits: { perDay: PER_DAY } }, { limit: PER_DAY, tries: TRIES, dies });
    }
    const broken = (name: string): boolean => this.#violations.some((one) => one.startsWith(name));
    const isDecided = this.#counts.undecided === 0;
    return {
      counts: { ...this.#counts, validatorsLeft: this.fleet.size },
      held: { I3: isDecided && !broken('I3'), I4: isDecided && !broken('I4') },
      violations: this.#violations,
    };
  }

  async #race(
    invariant: 'I3' | 'I4',
    settings: object,
    { limit, tries, dies }: { readonly limit: number; readonly tries: number; readonly dies: boolean },
  ): Promise<void> {
    const code = await this.bed.issue(settings);
    const clients = Array.from({ length: CLIENTS }, (_, client) => this.#client(code, client, tries));
    if (dies) await pause(this.random.between(0, KILLED_WITHIN_MS)).then(() => this.fleet.killOne());
    const outcomes = (await Promise.all(clients)).flat();
    const allowed = outcomes.filter(({ verdict }) => verdict === 'allow');
    // A limit by the day is one for each day: at midnight there are two.
    const windows = Map.groupBy(allowed, ({ window }) => window);
    const most = Math.max(0, ...[...windows.values()].map((uses) => uses.length));

    this.#note(outcomes, allowed.length, limit);
    if (most <= limit * (1 + DOCUMENTED_E)) return;
    this.#violations.push(
      `${invariant}: ${most} uses allowed of a code that is good for ${limit}, by ${this.fleet.size} validators`,
    );
  }

  async #client(code: IssuedCode, client: number, tries: number): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let i = 0; i < tries; i += 1) outcomes.push(await this.fleet.use(code, `client-${client}-${i}`));
    return outcomes;
  }

  #note(outcomes: readonly Outcome[], allowed: number, limit: number): void {
    const counts = this.#counts;
    const percent = (100 * allowed) / limit;
    counts.races += 1;
    counts.uses += outcomes.length;
    counts.allowed += allowed;
    counts.undecided += outcomes.filter(({ verdict }) => verdict !== 'allow' && !verdict.startsWith('DENIAL_')).length;
    counts.overshootPercent = Math.max(counts.overshootPercent, percent - 100);
    counts.leastAllowedPercent = Math.min(counts.leastAllowedPercent, percent);
  }
}
