import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { TOPIC } from '@openclaw/contracts';
import { ValidatorClient } from '../../demo/clients';
import { quantile } from '../../load/statistics';
import type { SeededRandom } from '../seeded-random';
import { readTopic } from '../service/read-topic';
import { type IssuedCode, type ServiceBed, USAGE_PARTITIONS } from '../service/service-bed';
import type { ServiceProcess } from '../service/service-process';
import { guess } from './guesses';

const AT_ONCE = 128;
const HEALTHY_EVERY_MS = 20;
const PAGE_BYTES = 4096;
const MIB = 1024 * 1024;
const RECOVERY_MS = 10_000;
/** Memory that a flood may take, whatever its size: garbage that was not collected yet, for the most part. */
export const RSS_GROWTH_MAX_MIB = 256;

export interface Flooded {
  readonly guesses: number;
  readonly seconds: number;
  readonly allowed: number;
  /** Records that it left on the usage topic. */
  readonly records: number;
  readonly rssGrowthMib: number;
  /** Of the healthy client meanwhile. */
  readonly healthyP99Ms: number;
  readonly healthyRefused: number;
  readonly recovered: boolean;
}

export interface FloodedPlace {
  readonly bed: ServiceBed;
  readonly validator: ServiceProcess;
  /** Of the validator. */
  readonly name: string;
  readonly brokers: readonly string[];
}

/** Guesses at one validator, from one address or from many, beside a client that has a code. */
export class Flood {
  readonly #stranger: ValidatorClient;
  readonly #healthy: ValidatorClient;

  constructor(
    private readonly place: FloodedPlace,
    private readonly code: IssuedCode,
  ) {
    const { validator, bed } = place;
    const at = { validator: validator.listens['grpc'] ?? '' };
    this.#stranger = new ValidatorClient(at, bed.tokens.service);
    this.#healthy = new ValidatorClient(at, bed.tokens.service);
  }

  /** Guesses, and looks at everything that it leaves behind. */
  async run(guesses: number, addressOf: (guess: number) => string, random: SeededRandom): Promise<Flooded> {
    const [before, rssBefore] = [await this.#records(), this.#rssMib()];
    const healthy = this.#useSteadily();
    const begunMs = performance.now();
    const allowed = await this.guess(guesses, addressOf, random);
    const seconds = (performance.now() - begunMs) / 1000;
    const rssGrowthMib = this.#rssMib() - rssBefore;
    const { latenciesMs, refused } = await healthy();
    const { recovered, uses } = await this.#isWellAgain();
    // What was counted in the last second is on the log after the next one.
    await pause(1500);
    const records = (await this.#records()) - before - latenciesMs.length - uses;
    const healthyP99Ms = quantile(latenciesMs, 0.99);
    return { guesses, seconds, allowed, records, rssGrowthMib, healthyP99Ms, healthyRefused: refused, recovered };
  }

  /** How many of so many guesses were allowed. */
  async guess(guesses: number, addressOf: (guess: number) => string, random: SeededRandom): Promise<number> {
    let [next, allowed] = [0, 0];
    const worker = async (): Promise<void> => {
      for (let one = next++; one < guesses; one = next++) {
        const asked = { code: guess(this.code.code, random), sourceIp: addressOf(one) };
        const { verdict } = await this.#stranger.validate({ ...asked, deadlineMs: 30_000 });
        if (verdict === 'allow') allowed += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return allowed;
  }

  close(): void {
    this.#stranger.close();
    this.#healthy.close();
  }

  /** Uses the code again and again until the returned function is called. */
  #useSteadily(): () => Promise<{ readonly latenciesMs: readonly number[]; readonly refused: number }> {
    const latenciesMs: number[] = [];
    let [isOn, refused] = [true, 0];
    const run = async (): Promise<void> => {
      while (isOn) {
        const sentMs = performance.now();
        const { verdict } = await this.#healthy.validate({ code: this.code.code, deadlineMs: 30_000 });
        latenciesMs.push(performance.now() - sentMs);
        if (verdict !== 'allow') refused += 1;
        await pause(HEALTHY_EVERY_MS);
      }
    };
    const running = run();
    return async () => {
      isOn = false;
      await running;
      return { latenciesMs, refused };
    };
  }

  /** Normal again: twenty uses in a row are allowed, each within a tenth of a second. */
  async #isWellAgain(): Promise<{ readonly recovered: boolean; readonly uses: number }> {
    const giveUpMs = performance.now() + RECOVERY_MS;
    let uses = 0;
    for (let inARow = 0; inARow < 20; uses += 1) {
      const sentMs = performance.now();
      if (sentMs > giveUpMs) return { recovered: false, uses };
      const { verdict } = await this.#healthy.validate({ code: this.code.code });
      inARow = verdict === 'allow' && performance.now() - sentMs < 100 ? inARow + 1 : 0;
    }
    return { recovered: true, uses };
  }

  /** Records of this validator. */
  async #records(): Promise<number> {
    const { bed, brokers, name } = this.place;
    const { topicPrefix } = bed;
    const partitions = Array.from({ length: USAGE_PARTITIONS }, (_, partition) => partition);
    const read = partitions.map((one) => readTopic({ brokers, topicPrefix }, TOPIC.usage, one));
    return (await Promise.all(read)).flat().filter((value) => value.includes(`"${name}"`)).length;
  }

  #rssMib(): number {
    const [, pages] = readFileSync(`/proc/${this.place.validator.pid}/statm`, 'utf8').split(' ');
    return (Number(pages) * PAGE_BYTES) / MIB;
  }
}
