import { setTimeout as pause } from 'node:timers/promises';
import type { Observation } from '../experiment';
import type { Subject } from '../side-by-side';
import { Child } from '../workload/child';
import { hostMs } from '../workload/history';
import type { CallerOrder, Use } from './caller.protocol';
import { type BedOptions, type IssuedCode, ServiceBed, type ValidatorOrder } from './service-bed';
import type { ServiceProcess } from './service-process';

const EVERY_MS = 10;
const LOOK_MS = 5;

export interface TrialOptions extends BedOptions, Pick<ValidatorOrder, 'host'> {
  /** How validators reach the log, when that is not the way of the issuer. */
  readonly validatorBrokers?: readonly string[];
  /** One validator each, side by side under the same fault: undefined is the product, a name is that mutant of it. */
  readonly subjects: readonly Subject[];
  readonly codes: number;
  readonly slowDiskMs?: number;
}

/** A real issuer, real validators, and a caller that uses every code of each in turn: the experiment adds the fault. */
export class ServiceTrial {
  readonly #revokedAtMs = new Map<number, number>();

  private constructor(
    private readonly options: TrialOptions,
    private readonly bed: ServiceBed,
    /** In the order of the subjects. */
    readonly validators: readonly ServiceProcess[],
    private readonly traffic: { readonly codes: readonly IssuedCode[]; readonly caller: Child<CallerOrder, Use> },
  ) {}

  /** Starts everything for one trial, and ends it whatever happens. */
  static async run<T>(options: TrialOptions, body: (trial: ServiceTrial) => Promise<T>): Promise<T> {
    const bed = await ServiceBed.open(options);
    try {
      const trial = await ServiceTrial.#start(bed, options);
      try {
        return await body(trial);
      } finally {
        await trial.traffic.caller.kill();
      }
    } finally {
      await bed.close();
    }
  }

  static async #start(bed: ServiceBed, options: TrialOptions): Promise<ServiceTrial> {
    const { subjects, host, validatorBrokers: brokers, slowDiskMs } = options;
    const codes = Promise.all(Array.from({ length: options.codes }, () => bed.issue()));
    const validators = await Promise.all(
      subjects.map((mutant, index) =>
        bed.startValidator({
          name: `validator-${index}`,
          planted: { mutant, ...(slowDiskMs === undefined ? {} : { slowDiskMs }) },
          host,
          ...(brokers === undefined ? {} : { brokers }),
        }),
      ),
    );
    const issued = await codes;
    const order = {
      validators: validators.map(({ listens }) => listens['grpc'] ?? ''),
      token: bed.tokens.auditor,
      codes: issued.map(({ code }) => code),
      everyMs: EVERY_MS,
    };
    const caller = new Child<CallerOrder, Use>('service/caller', order, host?.enter);
    return new ServiceTrial(options, bed, validators, { codes: issued, caller });
  }

  /** A topic of this trial as the cluster knows it. */
  topic(name: string): string {
    return `${this.bed.topicPrefix}${name}`;
  }

  /** Revokes a code; when this resolves the operator has been answered. */
  async revoke(index: number): Promise<void> {
    const code = this.traffic.codes[index];
    if (code === undefined) throw new RangeError(`no code ${index}`);
    this.#revokedAtMs.set(index, await this.bed.revoke(code));
  }

  /** Waits until every validator gives this answer to a use that is sent from now on; false when one does not within `ms`. */
  async sees(verdict: string, ms: number): Promise<boolean> {
    const from = hostMs();
    while (hostMs() < from + ms) {
      const seen = new Set(
        this.#uses().flatMap((use) => (use.sentAtMs >= from && use.verdict === verdict ? [use.validator] : [])),
      );
      if (seen.size === this.validators.length) return true;
      await pause(LOOK_MS);
    }
    return false;
  }

  /** What the uses of one validator were answered that were sent from `fromMs` on and before `toMs`. */
  verdictsBetween(validator: number, fromMs: number, toMs: number): ReadonlySet<string> {
    const sent = this.#uses().filter(
      (use) => use.validator === validator && use.sentAtMs >= fromMs && use.sentAtMs < toMs,
    );
    return new Set(sent.map(({ verdict }) => verdict));
  }

  /** Ends the traffic, waits until everything is answered, and judges each subject. `seen`: what the experiment saw of it. */
  async judge(
    seen: (subject: number) => Readonly<Record<string, boolean>>,
  ): Promise<ReadonlyMap<Subject, Observation>> {
    await this.traffic.caller.stop();
    return new Map(this.options.subjects.map((mutant, index) => [mutant, this.#observed(index, seen(index))]));
  }

  #uses(): readonly Use[] {
    return this.traffic.caller.lines;
  }

  #observed(subject: number, seen: Readonly<Record<string, boolean>>): Observation {
    const uses = this.#uses().filter(({ validator }) => validator === subject);
    const count = (verdict: string): number => uses.filter((use) => use.verdict === verdict).length;
    const [allow, deny, unavailable] = ['allow', 'deny', 'unavailable'].map(count);
    const strange = uses.filter(({ verdict }) => !['allow', 'deny', 'unavailable'].includes(verdict));
    const late = this.#lateAllows(subject, uses);
    const looked = uses.some(({ requestId }) => this.validators[subject]?.looks.has(requestId) === true);
    return {
      counts: {
        uses: uses.length, allow: allow ?? 0, deny: deny ?? 0, unavailable: unavailable ?? 0, strange: strange.length,
        revoked: this.#revokedAtMs.size,
      }, // prettier-ignore
      held: { ...seen, I1: late.length === 0 && looked, I2: strange.length === 0 && seen['I2'] !== false },
      violations: [...late, ...strange.slice(0, 3).map(({ verdict }) => `a use was answered: ${verdict}`)],
    };
  }

  /**
   * I1, on the one clock of the host: the request was sent, or the second look was taken, later than the answer to the
   * revocation was received plus L, and yet it was allowed. The worst first.
   */
  #lateAllows(subject: number, uses: readonly Use[]): string[] {
    const looks = this.validators[subject]?.looks;
    const late = uses.flatMap(({ code, sentAtMs, verdict, requestId }) => {
      const revokedAtMs = this.#revokedAtMs.get(code);
      if (verdict !== 'allow' || revokedAtMs === undefined) return [];
      const lateMs = Math.max(sentAtMs, looks?.get(requestId) ?? 0) - revokedAtMs - this.options.boundMs;
      return lateMs > 0 ? [lateMs] : [];
    });
    return late
      .toSorted((a, b) => b - a)
      .map((lateMs) => `allowed ${lateMs.toFixed(1)} ms after the answer to its revocation + L`);
  }
}
