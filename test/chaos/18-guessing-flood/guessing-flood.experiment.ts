import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_TOPIC_POLICY, TOPIC, topicSpecs } from '@openclaw/contracts';
import type { Conditions, Observation } from '../experiment';
import { readTopic } from '../service/read-topic';
import { ServiceBed } from '../service/service-bed';
import { type Subject, sideBySide } from '../side-by-side';
import { heldBy } from '../workload/history';
import { Flood, type Flooded, type FloodedPlace, RSS_GROWTH_MAX_MIB } from './flood';
import { listenForReasons } from './quiet-reasons';

const BOUND_MS = 1000;
const ADDRESSES = 10_000;
const ONE_ADDRESS = '203.0.113.7';
const ALERT_WAIT_MS = 20_000;
const ALERT_PARTITIONS = topicSpecs(DEFAULT_TOPIC_POLICY).alerts.partitions;
/** Records a second of one address: the first of each reason and their counts, of two reasons, twice at the edge of a second. */
const RECORDS_A_SECOND_OF_ONE = 8;
/** Records a second of however many addresses: 100 listed, 1000 counted by address, and the rest in one. */
const RECORDS_A_SECOND_OF_ALL = 1_110;

const INCIDENTS = 'one alert an incident';
const RECORDED = 'every refusal is recorded';
const AT_ONCE = 'unknown codes are answered at once';
const FORGOTTEN = 'an incident is forgotten at a restart';

/** INVARIANTS experiment 18: somebody guesses codes, from one address and from ten thousand, near misses among them. */
export const guessingFlood = sideBySide({
  number: 18,
  title: 'codes are guessed from one address and from 10,000: bounded, quiet, one alert',
  invariants: ['I10', 'I11', INCIDENTS],
  mutants: { [RECORDED]: ['I10'], [AT_ONCE]: ['I11'], [FORGOTTEN]: [INCIDENTS] },
  unavailable: () => (existsSync('/proc/self/statm') ? undefined : 'the memory of a process is read from /proc'),
  async run(conditions, subjects) {
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS }, async (bed, brokers) => {
      const start = async (subject: Subject, index: number) => {
        const name = `validator-${index}`;
        const validator = await bed.startValidator({ name, planted: { mutant: subject } });
        return new GuessedAt(conditions, { bed, validator, name, brokers });
      };
      const guessed = await Promise.all(subjects.map(start));
      const observed = new Map<Subject, Observation>();
      // One after the other: what is timed must not be disturbed by a flood next to it.
      for (const [index, subject] of subjects.entries()) {
        const its = guessed[index];
        if (its === undefined) continue;
        if (subject === undefined || subject === AT_ONCE) await its.listen(subject);
        if (subject === undefined || subject === RECORDED) await its.flood(subject);
        if (subject === undefined || subject === FORGOTTEN) await its.raiseAlerts(subject);
        observed.set(subject, its.observed());
      }
      return observed;
    });
  },
});

class GuessedAt {
  readonly #violations: string[] = [];
  readonly #counts: Record<string, number> = {};
  readonly #looked = new Set<string>();

  constructor(
    private readonly conditions: Conditions,
    private readonly place: FloodedPlace,
  ) {}

  async listen(subject: Subject): Promise<void> {
    const { random, size, note } = this.conditions;
    const { bed, validator } = this.place;
    const samples = size === 'long' && subject === undefined ? 40_000 : 2_500;
    const address = validator.listens['grpc'] ?? '';
    const { worstT, report, violations } = await listenForReasons(bed, address, { random, samples });
    note(`${subject ?? 'product'}: ${report}`);
    this.#looked.add('I11');
    this.#violations.push(...violations);
    Object.assign(this.#counts, { timed: samples, worstTTimes100: Math.round(100 * worstT) });
  }

  /** From one address; the product also from many. */
  async flood(subject: Subject): Promise<void> {
    const { random, size } = this.conditions;
    const flood = new Flood(this.place, await this.place.bed.issue());
    const isLong = size === 'long' && subject === undefined;
    await flood.guess(200, () => '198.51.100.1', random); // warms up
    const one = await flood.run(isLong ? 100_000 : 2_500, () => ONE_ADDRESS, random);
    this.#mustBeBounded('one address', one, RECORDS_A_SECOND_OF_ONE);
    if (subject === undefined) {
      const many = await flood.run(isLong ? 100_000 : ADDRESSES, (guess) => addressOf(guess % ADDRESSES), random);
      this.#mustBeBounded(`${ADDRESSES} addresses`, many, RECORDS_A_SECOND_OF_ALL);
    }
    flood.close();
    this.#looked.add('I10');
  }

  /** One address guesses, the detector dies and comes back, the guessing goes on: that is one incident. */
  async raiseAlerts(subject: Subject): Promise<void> {
    const { random } = this.conditions;
    const { bed } = this.place;
    // Nobody else guesses from here.
    const address = `203.0.113.${subject === undefined ? 101 : 102}`;
    const flood = new Flood(this.place, await bed.issue());
    let detector = await bed.startAnomaly('anomaly-1', { mutant: subject });
    await flood.guess(50, () => address, random);
    await this.#alertsOf(address, 1);
    await detector.kill();
    detector = await bed.startAnomaly('anomaly-1', { mutant: subject });
    await flood.guess(50, () => address, random);
    // A second incident shows that everything before it has been looked at.
    const later = address.replace('.113.', '.114.');
    await flood.guess(50, () => later, random);
    flood.close();
    await this.#alertsOf(later, 1);
    const alerts = await this.#alertsOf(address, 1);
    await detector.kill();
    this.#mustHold(alerts === 1, `${INCIDENTS}: ${alerts} alerts of one incident`);
    this.#counts['alertsOfOneIncident'] = alerts;
    this.#looked.add(INCIDENTS);
  }

  observed(): Observation {
    const held = heldBy(['I10', 'I11', INCIDENTS], this.#violations);
    return {
      counts: this.#counts,
      held: Object.fromEntries(Object.entries(held).filter(([name]) => this.#looked.has(name))),
      violations: this.#violations,
    };
  }

  /** Alerts of an address on the topic, as soon as there are so many, or after the patience of a person. */
  async #alertsOf(address: string, enough: number): Promise<number> {
    const { bed, brokers } = this.place;
    const giveUpMs = performance.now() + ALERT_WAIT_MS;
    for (;;) {
      const partitions = Array.from({ length: ALERT_PARTITIONS }, (_, partition) => partition);
      const read = partitions.map((one) => readTopic({ brokers, topicPrefix: bed.topicPrefix }, TOPIC.alerts, one));
      const texts = (await Promise.all(read)).flat().map((value) => value.toString());
      const found = texts.filter((text) => text.includes('repeated-refusals') && text.includes(`${address}"`)).length;
      if (found >= enough || performance.now() > giveUpMs) return found;
      await pause(100);
    }
  }

  #mustBeBounded(from: string, its: Flooded, recordsASecond: number): void {
    const recordsMax = Math.ceil(its.seconds + 2) * recordsASecond;
    const [rate, growth] = [Math.round(its.guesses / its.seconds), its.rssGrowthMib.toFixed(0)];
    this.conditions.note(
      `${its.guesses} guesses from ${from}: ${rate} a second, ${its.records} records, ${growth} MiB more, ` +
        `healthy p99 ${its.healthyP99Ms.toFixed(1)} ms`,
    );
    this.#mustHold(its.allowed === 0, `I11: ${its.allowed} guesses were allowed`);
    this.#mustHold(its.records <= recordsMax, `I10: ${its.records} records from ${from}, at most ${recordsMax}`);
    this.#mustHold(its.rssGrowthMib <= RSS_GROWTH_MAX_MIB, `I10: ${growth} MiB more memory`);
    this.#mustHold(its.healthyRefused === 0, `I10: ${its.healthyRefused} healthy uses were not allowed`);
    this.#mustHold(its.recovered, 'I10: not normal again within 10 s');
    this.#counts[`records, ${from}`] = its.records;
  }

  #mustHold(isSo: boolean, otherwise: string): void {
    if (!isSo) this.#violations.push(otherwise);
  }
}

const addressOf = (one: number): string => `10.${one >> 16}.${(one >> 8) & 255}.${one & 255}`;
