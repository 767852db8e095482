import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { DEFAULT_TOPIC_POLICY, TOPIC, topicSpecs } from '@openclaw/contracts';
import type { Conditions, Experiment, Observation } from '../experiment';
import { readTopic } from '../service/read-topic';
import { ServiceBed } from '../service/service-bed';
import type { ServiceProcess } from '../service/service-process';
import { heldBy } from '../workload/history';
import { Flood, RSS_GROWTH_MAX_MIB } from './flood';
import { listenForReasons } from './quiet-reasons';

const BOUND_MS = 1000;
const ADDRESSES = 10_000;
const ONE_ADDRESS = '203.0.113.7';
const ALERT_WAIT_MS = 20_000;
const ALERT_PARTITIONS = topicSpecs(DEFAULT_TOPIC_POLICY).alerts.partitions;
/** Records a second of one address: the first of each reason, and their counts, of up to two reasons. */
const RECORDS_A_SECOND_OF_ONE = 4;
/** Records a second of however many addresses: 100 listed, 1000 counted by address, and the rest in one. */
const RECORDS_A_SECOND_OF_ALL = 1_110;

const INCIDENTS = 'one alert an incident';

/** What a mutant breaks is all that its run looks at. */
const PART_OF: Readonly<Record<string, 'I10' | 'I11' | typeof INCIDENTS>> = {
  'every refusal is recorded': 'I10',
  'unknown codes are answered at once': 'I11',
  'an incident is forgotten at a restart': INCIDENTS,
};

/** INVARIANTS experiment 18: somebody guesses codes, from one address and from ten thousand, near misses among them. */
export const guessingFlood: Experiment = {
  number: 18,
  title: 'codes are guessed from one address and from 10,000: bounded, quiet, one alert',
  invariants: ['I10', 'I11', INCIDENTS],
  mutants: Object.fromEntries(Object.entries(PART_OF).map(([mutant, breaks]) => [mutant, [breaks]])),
  unavailable: () => (existsSync('/proc/self/statm') ? undefined : 'the memory of a process is read from /proc'),
  async run(conditions) {
    const { mutant } = conditions;
    return ServiceBed.onSharedKafka({ boundMs: BOUND_MS }, async (bed, brokers) => {
      const validator = await bed.startValidator({ name: 'validator-0', planted: { mutant } });
      const guessed = new GuessedAt(conditions, { bed, validator, brokers });
      const part = PART_OF[mutant ?? ''];
      if (part === undefined || part === 'I11') await guessed.listen();
      if (part === undefined || part === 'I10') await guessed.flood();
      if (part === undefined || part === INCIDENTS) await guessed.raiseAlerts();
      return guessed.observed();
    });
  },
};

interface Place {
  readonly bed: ServiceBed;
  readonly validator: ServiceProcess;
  readonly brokers: readonly string[];
}

class GuessedAt {
  readonly #violations: string[] = [];
  readonly #counts: Record<string, number> = {};
  readonly #looked = new Set<string>();

  constructor(
    private readonly conditions: Conditions,
    private readonly place: Place,
  ) {}

  async listen(): Promise<void> {
    const { random, size, mutant, note } = this.conditions;
    const { bed, validator } = this.place;
    const samples = size === 'long' && mutant === undefined ? 40_000 : 3_000;
    const { worstT, report, violations } = await listenForReasons(bed, validator.listens['grpc'] ?? '', {
      random,
      samples,
    });
    note(report);
    this.#looked.add('I11');
    this.#violations.push(...violations);
    Object.assign(this.#counts, { timed: samples, worstTTimes100: Math.round(100 * worstT) });
  }

  async flood(): Promise<void> {
    const { random, size, mutant, note } = this.conditions;
    const { bed, validator, brokers } = this.place;
    const flood = new Flood(bed, validator, brokers, await bed.issue());
    const guesses = size === 'long' && mutant === undefined ? 100_000 : mutant === undefined ? ADDRESSES : 2_000;
    const addresses = { 1: () => ONE_ADDRESS, [ADDRESSES]: (one: number) => addressOf(one % ADDRESSES) };
    await flood.run(200, () => '198.51.100.1', random); // warms up
    for (const [count, address] of Object.entries(addresses)) {
      const its = await flood.run(guesses, address, random);
      const perSecond = count === '1' ? RECORDS_A_SECOND_OF_ONE : RECORDS_A_SECOND_OF_ALL;
      const recordsMax = Math.ceil(its.seconds + 2) * perSecond;
      note(`${guesses} guesses from ${count}: ${Math.round(guesses / its.seconds)} a second, ${its.records} records, ` +
        `${its.rssGrowthMib.toFixed(0)} MiB more, healthy p99 ${its.healthyP99Ms.toFixed(1)} ms`); // prettier-ignore
      this.#mustHold(its.allowed === 0, `I11: ${its.allowed} guesses were allowed`);
      this.#mustHold(
        its.records <= recordsMax,
        `I10: ${its.records} records of ${guesses} guesses, at most ${recordsMax}`,
      );
      this.#mustHold(its.rssGrowthMib <= RSS_GROWTH_MAX_MIB, `I10: ${its.rssGrowthMib.toFixed(0)} MiB more memory`);
      this.#mustHold(its.healthyRefused === 0, `I10: ${its.healthyRefused} healthy uses were not allowed`);
      this.#mustHold(its.recovered, 'I10: not normal again within 10 s');
      this.#counts[`recordsFrom${count}`] = its.records;
    }
    flood.close();
    this.#looked.add('I10');
  }

  /** One address guesses, the detector dies and comes back, the guessing goes on: that is one incident. */
  async raiseAlerts(): Promise<void> {
    const { random, mutant } = this.conditions;
    const { bed, validator, brokers } = this.place;
    const flood = new Flood(bed, validator, brokers, await bed.issue());
    let detector = await bed.startAnomaly('anomaly-1', { mutant });
    await flood.run(100, () => ONE_ADDRESS, random);
    await this.#alerts((count) => count > 0);
    await detector.kill();
    detector = await bed.startAnomaly('anomaly-1', { mutant });
    await flood.run(100, () => ONE_ADDRESS, random);
    flood.close();
    // A second incident shows that everything before it has been looked at.
    const other = new Flood(bed, validator, brokers, await bed.issue());
    await other.run(100, () => '203.0.113.8', random);
    other.close();
    const alerts = await this.#alerts((_, texts) => texts.some((text) => text.includes('203.0.113.8')));
    const ofOne = alerts.filter((text) => text.includes(ONE_ADDRESS)).length;
    this.#mustHold(ofOne === 1, `${INCIDENTS}: ${ofOne} alerts of one incident`);
    this.#counts['alertsOfOneIncident'] = ofOne;
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

  /** The alert topic, as soon as it is as wanted, or after the patience of a person. */
  async #alerts(isEnough: (count: number, texts: readonly string[]) => boolean): Promise<readonly string[]> {
    const { bed, brokers } = this.place;
    const giveUpMs = performance.now() + ALERT_WAIT_MS;
    for (;;) {
      const partitions = Array.from({ length: ALERT_PARTITIONS }, (_, partition) => partition);
      const read = partitions.map((one) => readTopic({ brokers, topicPrefix: bed.topicPrefix }, TOPIC.alerts, one));
      const texts = (await Promise.all(read)).flat().map((value) => value.toString());
      const alerts = texts.filter((text) => text.includes('repeated-refusals'));
      if (isEnough(alerts.length, alerts) || performance.now() > giveUpMs) return alerts;
      await pause(100);
    }
  }

  #mustHold(isSo: boolean, otherwise: string): void {
    if (!isSo) this.#violations.push(otherwise);
  }
}

const addressOf = (one: number): string => `10.${one >> 16}.${(one >> 8) & 255}.${one & 255}`;
