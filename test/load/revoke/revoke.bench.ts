import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValidatorClient, rest } from '../../demo/clients';
import { type KafkaSystem, startKafkaSystem } from '../../demo/kafka-system';
import type { BenchOptions } from '../bench-options';
import { quantile, shown, spreadOf } from '../statistics';
import { type Bar, type Judged, type Verdict, judgeBench } from '../verdict';

const VALIDATORS = 2;
const CODES = 200;
const CODES_QUICK = 20;
const BAR: Bar = {
  what: `revocation acknowledged -> refused by ${VALIDATORS} validators, p99 in ms`,
  limit: 100,
  holds: 'at most',
  source: 'issue 4, bars',
};

/** Milliseconds from the answer to the revocation until every validator refused, and how long the answer took. */
interface Revocation {
  readonly refusedMs: number;
  readonly answeredMs: number;
  /** Answers other than an allow and the refusal as revoked: there must be none. */
  readonly strange: number;
}

/**
 * How long a revoked code lives on after its revocation was acknowledged: two validators on a real Kafka broker, each
 * asked about the code in a closed loop from before the revocation until its first refusal.
 */
export const revokeBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-revoke-'));
  const system = await startKafkaSystem(folder, VALIDATORS);
  try {
    const bed = await RevocationBed.open(system);
    const codes = quick ? CODES_QUICK : CODES;
    await bed.round(codes / 4); // warms up
    const measured: (readonly Revocation[])[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await bed.round(codes));
    bed.close();
    for (const line of reportOf(measured)) note(line);
    const strange = measured.flat().reduce((sum, one) => sum + one.strange, 0);
    const judged: Judged = {
      target: 'kafka-1',
      bar: BAR,
      rounds: measured.map((round) => p(round, 'refusedMs', 0.99)),
    };
    return judgeBench('revoke', [judged], strange > 0 ? [`${strange} answers were neither allow nor revoked`] : []);
  } finally {
    await system.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

const p = (round: readonly Revocation[], field: 'refusedMs' | 'answeredMs', q: number): number =>
  quantile(
    round.map((one) => one[field]),
    q,
  );

const reportOf = (rounds: readonly (readonly Revocation[])[]): readonly string[] =>
  (['answeredMs', 'refusedMs'] as const).map((field) => {
    const [middle, high, most] = [0.5, 0.99, 1].map((q) => shown(spreadOf(rounds.map((round) => p(round, field, q)))));
    const label = field === 'answeredMs' ? 'revocation sent -> acknowledged' : 'acknowledged -> refused by all';
    return `  ${label.padEnd(34)} p50 ${middle}  p99 ${high}  max ${most} ms, ${rounds.flat().length} revocations`;
  });

class RevocationBed {
  readonly #clients: readonly ValidatorClient[];
  readonly #issuer;

  private constructor(
    system: KafkaSystem,
    private readonly masterKeyId: string,
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
    return new RevocationBed(system, String(body['masterKeyId']));
  }

  async round(codes: number): Promise<readonly Revocation[]> {
    const revocations: Revocation[] = [];
    for (let i = 0; i < codes; i += 1) revocations.push(await this.#one());
    return revocations;
  }

  close(): void {
    for (const client of this.#clients) client.close();
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
    const refused = this.#clients.map((client) => untilRefused(client, code));
    const sentMs = performance.now();
    const { status } = await this.#issuer('POST', `/v1/codes/${String(body['codeId'])}/revoke`, { reason: 'bench' });
    const ackMs = performance.now();
    if (status !== 200) throw new Error(`the revocation was answered ${status}`);
    const ends = await Promise.all(refused);
    return {
      answeredMs: ackMs - sentMs,
      refusedMs: Math.max(0, ...ends.map(({ atMs }) => atMs - ackMs)),
      strange: ends.reduce((sum, end) => sum + end.strange, 0),
    };
  }
}

const PATIENCE_MS = 15_000;

/** Asks again and again; when the first refusal came, on the clock of the host. */
const untilRefused = async (
  client: ValidatorClient,
  code: string,
): Promise<{ readonly atMs: number; readonly strange: number }> => {
  const giveUpMs = performance.now() + PATIENCE_MS;
  let strange = 0;
  while (performance.now() < giveUpMs) {
    const { verdict } = await client.validate({ code });
    if (verdict.endsWith('REVOKED')) return { atMs: performance.now(), strange };
    if (verdict !== 'allow') strange += 1;
  }
  throw new Error(`a revoked code was not refused within ${PATIENCE_MS} ms`);
};
