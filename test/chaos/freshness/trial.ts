import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type StreamName, streamName } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';
import type { Observation } from '../experiment';
import { hostMs } from '../workload/history';
import { ValidatorProcess } from './validator-process';

const EVERY_MS = 5;

export interface TrialOptions {
  readonly brokers: readonly string[];
  readonly boundMs: number;
  readonly codes: number;
  readonly mutant: string | undefined;
  readonly workTicks?: number;
  readonly enter?: readonly string[];
}

type Topics = Readonly<Record<'lifecycle' | 'coordination', string>>;

/** An issuer here, a validator process there, and steady traffic: the experiment adds the fault. */
export class Trial {
  readonly codes: readonly StreamName[];
  readonly revokedAtMs = new Map<string, number>();
  #traffic: NodeJS.Timeout | undefined;
  #turn = 0;

  private constructor(
    readonly options: TrialOptions & { readonly topics: Topics },
    readonly issuer: FreshLog,
    readonly validator: ValidatorProcess,
    private readonly closeStore: () => Promise<void>,
  ) {
    this.codes = Array.from({ length: options.codes }, () => streamName(`pairing-code/${randomUUID()}`));
  }

  static async start(options: TrialOptions): Promise<Trial> {
    const { brokers, boundMs, mutant, workTicks = 0, enter } = options;
    const id = randomUUID().slice(0, 8);
    const topics = { lifecycleTopic: `chaos.lifecycle.${id}`, coordinationTopic: `chaos.coordination.${id}` };
    const store = openKafkaJournalStore({
      brokers,
      clientId: 'issuer',
      singleBroker: brokers.length === 1,
      requestTimeoutMs: 2000,
    });
    const issuer = await openFreshLog(store, {
      source: 'issuer',
      role: 'writer',
      boundMs,
      appendTimeoutMs: 60_000,
      keepStreams: true,
      ...topics,
    });
    const validator = new ValidatorProcess({ brokers, boundMs, mutant, workTicks, ...topics }, enter);
    const named = { lifecycle: topics.lifecycleTopic, coordination: topics.coordinationTopic };
    const trial = new Trial({ ...options, topics: named }, issuer, validator, () => store.close());
    try {
      await Promise.all([validator.ready(), ...trial.codes.map((code) => trial.#append(code, 1))]);
    } catch (error) {
      await trial.stop();
      throw error;
    }
    return trial;
  }

  /** Every code in turn, a use every few milliseconds. */
  begin(): void {
    this.#traffic = setInterval(() => {
      const code = this.codes[this.#turn % this.codes.length];
      this.#turn += 1;
      if (code !== undefined) this.validator.use(code);
    }, EVERY_MS);
  }

  /** Revokes a code; when this resolves the operator has been answered. */
  async revoke(index: number): Promise<void> {
    const code = this.codes[index];
    if (code === undefined) throw new RangeError(`no code ${index}`);
    await this.#append(code, 'terminal');
    this.revokedAtMs.set(code, hostMs());
  }

  /** Waits until a use that is sent from now on is answered so; false when none is within `ms`. */
  async sees(verdict: string, ms: number): Promise<boolean> {
    const from = hostMs();
    while (hostMs() < from + ms) {
      if (this.validator.verdictsSince(from).includes(verdict)) return true;
      await pause(EVERY_MS);
    }
    return false;
  }

  /** What uses were answered that were sent from `fromMs` on and before `toMs`. */
  verdictsBetween(fromMs: number, toMs: number): ReadonlySet<string> {
    const sent = this.validator.uses.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
    return new Set(sent.flatMap(({ answer }) => answer?.verdict ?? []));
  }

  /** Ends the traffic, waits until everything is answered (bounded), and judges. */
  async judge(seen: Readonly<Record<string, boolean>> = {}): Promise<Observation> {
    clearInterval(this.#traffic);
    const end = hostMs() + 5000;
    while (this.#unanswered() > 0 && hostMs() < end) await pause(EVERY_MS);
    const late = this.#lateAllows();
    const unanswered = this.#unanswered();
    const count = (verdict: string): number =>
      this.validator.uses.filter(({ answer }) => answer?.verdict === verdict).length;
    return {
      counts: {
        uses: this.validator.uses.length, allow: count('allow'), deny: count('deny'), unavailable: count('unavailable'),
        revoked: this.revokedAtMs.size, unanswered,
      }, // prettier-ignore
      held: { ...seen, I1: late.length === 0, I2: unanswered === 0 && seen['I2'] !== false },
      violations: [...late, ...(unanswered > 0 ? [`${unanswered} uses were never answered`] : [])],
    };
  }

  async stop(): Promise<void> {
    clearInterval(this.#traffic);
    await this.validator.stop();
    await this.issuer.close();
    await this.closeStore();
  }

  #unanswered(): number {
    return this.validator.uses.filter(({ answer }) => answer === undefined).length;
  }

  /** I1: sent, or looked at for the second time, later than the answer to the revocation plus L, and yet allowed; the worst first. */
  #lateAllows(): string[] {
    const late = this.validator.uses.flatMap(({ code, sentAtMs, answer }) => {
      const revokedAtMs = this.revokedAtMs.get(code);
      if (answer?.verdict !== 'allow' || revokedAtMs === undefined) return [];
      const lateMs = Math.max(sentAtMs, answer.lookedAtMs) - revokedAtMs - this.options.boundMs;
      return lateMs > 0 ? [lateMs] : [];
    });
    return late
      .toSorted((a, b) => b - a)
      .map((lateMs) => `allowed ${lateMs.toFixed(1)} ms after the acknowledgement of its revocation + L`);
  }

  async #append(code: StreamName, claim: 1 | 'terminal'): Promise<void> {
    const type = claim === 1 ? 'openclaw.test.issued.v1' : 'openclaw.test.revoked.v1';
    const event = { id: randomUUID(), type, time: new Date().toISOString(), source: 'issuer', data: {} };
    const result = await this.issuer.log.append(code, claim, event);
    if (result.outcome !== 'appended') throw new Error(`${type}: ${result.outcome}`);
  }
}
