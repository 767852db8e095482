import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ValidatorClient, rest } from '../../demo/clients';
import { type KafkaSystem, startKafkaSystem } from '../../demo/kafka-system';
import { type BareWriter, bareSend } from '../append/bare-writers';
import type { BenchOptions } from '../bench-options';
import { quantile, shown, spreadOf } from '../statistics';
import { type Bar, type Judged, type Verdict, judgeBench } from '../verdict';

const VALIDATORS = 4;
/** L of the deployment: no use that is sent later than this after the acknowledgement may be allowed. */
const BOUND_MS = 1000;
const CODES = 100;
const CODES_QUICK = 20;
/** Each validator is asked so often; a refusal is seen this much late at most. */
const ASK_EVERY_MS = 2;
const STRETCH_MS = 20;
const BAR: Bar = {
  what: `revocation acknowledged -> refused by ${VALIDATORS} validators, p99 in ms`,
  limit: 100,
  holds: 'at most',
  source: `docs/reference/benchmarks.md, stretch ${STRETCH_MS}`,
};

/** Milliseconds from the answer to the revocation until every validator refused, and how long the answer took. */
interface Revocation {
  readonly refusedMs: number;
  readonly answeredMs: number;
  /** One bare send, right before. */
  readonly sendMs: number;
  /** Uses that were sent later than the answer plus L, and allowed: there must be none. */
  readonly late: number;
  /** Answers other than an allow and the refusal as revoked: there must be none. */
  readonly strange: number;
}

/**
 * How long a revoked code lives on after its revocation was acknowledged: four validators on a real Kafka broker, each
 * asked about the code steadily from before the revocation until its first refusal. Beside it, what the broker itself
 * takes for one bare send with acks=all: the revocation is at least one append, one head and one answer.
 */
export const revokeBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-revoke-'));
  const environment = { OPENCLAW_FRESHNESS_BOUND_MS: String(BOUND_MS) };
  const system = await startKafkaSystem(folder, { validators: VALIDATORS, environment });
  try {
    const bed = await RevocationBed.open(system);
    const codes = quick ? CODES_QUICK : CODES;
    await bed.round(codes / 4); // warms up
    const measured: (readonly Revocation[])[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await bed.round(codes));
    await bed.close();
    for (const line of reportOf(measured)) note(line);
    const strange = measured.flat().reduce((sum, one) => sum + one.strange, 0);
    const judged: Judged = {
      target: 'kafka-1',
      bar: BAR,
      rounds: measured.map((round) => p(round, 'refusedMs', 0.99)),
    };
    const late = measured.flat().reduce((sum, one) => sum + one.late, 0);
    note(`  ${late} uses allowed that were sent later than the acknowledgement + L (L = ${BOUND_MS} ms)`);
    const failures = [
      ...(strange > 0 ? [`${strange} answers were neither allow nor revoked`] : []),
      ...(late > 0 ? [`${late} uses were allowed later than L after the acknowledgement`] : []),
    ];
    return judgeBench('revoke', [judged], failures);
  } finally {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

type Measured = 'refusedMs' | 'answeredMs' | 'sendMs';

const p = (round: readonly Revocation[], field: Measured, q: number): number =>
  quantile(
    round.map((one) => one[field]),
    q,
  );

const LABEL: Readonly<Record<Measured, string>> = {
  sendMs: 'bare kafkajs send, acks=all',
  answeredMs: 'revocation sent -> acknowledged',
  refusedMs: 'acknowledged -> refused by all',
};

const reportOf = (rounds: readonly (readonly Revocation[])[]): readonly string[] => {
  const lines = (['sendMs', 'answeredMs', 'refusedMs'] as const).map((field) => {
    const [middle, high, most] = [0.5, 0.99, 1].map((q) => shown(spreadOf(rounds.map((round) => p(round, field, q)))));
    const count = `${rounds.flat().length} revocations`;
    return `  ${LABEL[field].padEnd(34)} p50 ${middle}  p99 ${high}  max ${most} ms, ${count}`;
  });
  const sends = rounds.map((round) => p(round, 'answeredMs', 0.5) / p(round, 'sendMs', 0.5));
  return [...lines, `  an acknowledged revocation costs ${shown(spreadOf(sends))} bare sends (p50)`];
};

class RevocationBed {
  readonly #clients: readonly ValidatorClient[];
  readonly #issuer;

  private constructor(
    system: KafkaSystem,
    private readonly masterKeyId: string,
    private readonly bare: BareWriter,
  ) {
    this.#issuer = rest(system.issuer, system.operatorToken);
    this.#clients = system.validators.map((validator) => new ValidatorClient({ validator }, system.auditorToken));
  }

  static async open(system: KafkaSystem): Promise<RevocationBed> {
    const { body } = await rest(system.issuer, system.operatorToken)('POST', '/v1/master-keys', {
      label: 'revoke bench',
      provider: 'openai',
      secret: `sk-bench-${'x'.repeat(32)}`,
    });
    return new RevocationBed(system, String(body['masterKeyId']), await bareSend(system.kafka.brokers, 1));
  }

  async round(codes: number): Promise<readonly Revocation[]> {
    const revocations: Revocation[] = [];
    for (let i = 0; i < codes; i += 1) revocations.push(await this.#one());
    return revocations;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.bare.close();
  }

  async #one(): Promise<Revocation> {
    const { body } = await this.#issuer('POST', '/v1/codes', {
      masterKeyId: this.masterKeyId,
      label: 'to be revoked',
      scopes: ['openai:gpt-4o:chat'],
    });
    const [code, minPosition] = [String(body['code']), String(body['position'])];
    for (const client of this.#clients) {
      const { verdict } = await client.validate({ code, minPosition });
      if (verdict !== 'allow') throw new Error(`a new code was answered ${verdict}`);
    }
    const sendMs = await this.#bareSend();
    const refused = this.#clients.map((client) => untilRefused(client, code));
    const sentMs = performance.now();
    const { status } = await this.#issuer('POST', `/v1/codes/${String(body['codeId'])}/revoke`, { reason: 'bench' });
    const ackMs = performance.now();
    if (status !== 200) throw new Error(`the revocation was answered ${status}`);
    const ends = await Promise.all(refused);
    return {
      sendMs,
      answeredMs: ackMs - sentMs,
      refusedMs: Math.max(0, ...ends.map(({ atMs }) => atMs - ackMs)),
      late: ends.reduce(
        (sum, { allowedSentMs }) => sum + allowedSentMs.filter((ms) => ms > ackMs + BOUND_MS).length,
        0,
      ),
      strange: ends.reduce((sum, end) => sum + end.strange, 0),
    };
  }

  async #bareSend(): Promise<number> {
    const sentMs = performance.now();
    await this.bare.write({ key: 'bare', value: RECORD });
    return performance.now() - sentMs;
  }
}

const PATIENCE_MS = 15_000;
/** About as long as the record of a revocation. */
const RECORD = Buffer.alloc(700, 'x');

interface Refused {
  readonly atMs: number;
  /** When the uses were sent that were allowed until then. */
  readonly allowedSentMs: readonly number[];
  readonly strange: number;
}

/** Asks again and again; when the first refusal came, on the clock of the host. */
const untilRefused = async (client: ValidatorClient, code: string): Promise<Refused> => {
  const giveUpMs = performance.now() + PATIENCE_MS;
  const allowedSentMs: number[] = [];
  let strange = 0;
  while (performance.now() < giveUpMs) {
    const sentMs = performance.now();
    const { verdict } = await client.validate({ code });
    if (verdict.endsWith('REVOKED')) return { atMs: performance.now(), allowedSentMs, strange };
    if (verdict === 'allow') allowedSentMs.push(sentMs);
    else strange += 1;
    await pause(ASK_EVERY_MS);
  }
  throw new Error(`a revoked code was not refused within ${PATIENCE_MS} ms`);
};
