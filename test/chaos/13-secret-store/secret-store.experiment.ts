import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Answer } from '../../demo/clients';
import type { Conditions, Experiment, Observation } from '../experiment';
import type { RunningValidator } from '../usage/running-validator';
import { type Issued, type OtherService, type UsageScene, freshName, settled } from '../usage/scene';
import { SceneGround } from '../usage/scene-ground';
import { SteadyUse } from '../usage/steady-use';
import { databaseText } from '../workload/database-text';
import { heldBy } from '../workload/history';
import { StoreFaults, otherKeyFile } from './store-faults';

const BOUND_MS = 1000;
/** What operators are answered within while the store hangs, whatever it does. */
const OPERATOR_MS = 15_000;
const ASKS_STORE = 'validation asks the secret store';
const TELLS_VALUE = 'a fault tells the value';

const ground = new SceneGround(BOUND_MS);

/** INVARIANTS experiment 13: the secret store is sealed, slow, wrong, or its key is another one. */
export const secretStore: Experiment = {
  number: 13,
  title: 'the secret store is sealed, does not answer, gives wrong bytes, or has another key',
  invariants: ['I2', 'I6', 'I9'],
  mutants: { [ASKS_STORE]: ['I9'], [TELLS_VALUE]: ['I6'] },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async ({ size, mutant, note }: Conditions): Promise<Observation> => {
  const scene = await ground.scene();
  const trial = await Trial.start(scene, mutant);
  const slowMs = size === 'long' && mutant === undefined ? 30_000 : 2_000;
  try {
    if (mutant !== ASKS_STORE) await trial.during('sealed', () => trial.faults.seal(), 0);
    if (mutant !== TELLS_VALUE) await trial.during('slow', () => trial.faults.stall(), slowMs);
    if (mutant === undefined) {
      await trial.during('wrong', () => trial.faults.corrupt(), 0);
      await trial.withOtherKey(await otherKeyFile(scene.folder));
    }
    return await trial.judge(note);
  } finally {
    await trial.stop();
  }
};

/** Steady use of a code, and an operator who keeps and refers to values meanwhile. */
class Trial {
  readonly faults: StoreFaults;
  readonly #canaries: string[] = [];
  readonly #answers: string[] = [];
  readonly #violations: string[] = [];
  readonly #steady: SteadyUse;

  private constructor(
    private readonly scene: UsageScene,
    private readonly validator: RunningValidator,
    private issuer: OtherService,
    private readonly code: Issued,
  ) {
    this.faults = new StoreFaults(scene.server.url);
    this.#steady = new SteadyUse(validator, code);
  }

  static async start(scene: UsageScene, mutant: string | undefined): Promise<Trial> {
    const code = await scene.issue();
    const validator = await scene.validator(freshName('sealed'), mutant === ASKS_STORE ? { mutant } : {});
    const issuer = await scene.another('issuer', mutant === TELLS_VALUE ? mutant : undefined);
    await settled(
      () => validator.use(code),
      ({ verdict }) => verdict === 'allow',
    );
    const trial = new Trial(scene, validator, issuer, code);
    const kept = await trial.#keep();
    if (kept.status !== 201) throw new Error(`a sound store did not take a value: ${kept.status}`);
    return trial;
  }

  /** The operator must be told plainly, and in bounded time, and the same works again afterwards. */
  async during(fault: string, plant: () => Promise<() => Promise<void>>, forMs: number): Promise<void> {
    const mend = await plant();
    try {
      const asked = this.#asked(fault);
      await pause(forMs);
      if (forMs === 0) await asked;
      else await mend();
      await asked;
    } finally {
      if (forMs === 0) await mend();
    }
    const { status } = await this.#keep();
    if (status !== 201) this.#violations.push(`I2: after "${fault}" a value was answered ${status}`);
  }

  /** What was sealed with the old key cannot be opened; nothing else changes. */
  async withOtherKey(file: string): Promise<void> {
    await this.issuer.stop();
    this.issuer = await this.scene.another('issuer', undefined, { OPENCLAW_ENVELOPE_KEY_FILE: file });
    await this.#asked('another key');
  }

  async judge(note: (line: string) => void): Promise<Observation> {
    await this.#steady.stop();
    const places = {
      tables: await databaseText(this.scene.server.url),
      output: this.issuer.logged().join('\n'),
      answers: this.#answers.join('\n'),
    };
    const found = Object.entries(places).flatMap(([place, text]) =>
      [...this.#canaries, this.code.code].some((value) => text.includes(value)) ? [`I6: a secret is in ${place}`] : [],
    );
    note(`${this.#steady.count} uses, ${this.#canaries.length} values given to the store`);
    const violations = [...this.#violations, ...this.#steady.violations, ...found];
    return {
      counts: { uses: this.#steady.count, values: this.#canaries.length, others: this.#steady.others },
      held: heldBy(['I2', 'I6', 'I9'], violations),
      violations,
    };
  }

  async stop(): Promise<void> {
    await this.#steady.stop();
    await this.issuer.stop();
    await this.validator.stop();
  }

  /** I2: what cannot be kept or found is an error by name. */
  async #asked(fault: string): Promise<void> {
    const begun = performance.now();
    const answers = await Promise.all([this.#keep(), this.#refer()]);
    const tookMs = performance.now() - begun;
    if (tookMs > OPERATOR_MS) this.#violations.push(`I2: "${fault}" took ${tookMs.toFixed(0)} ms`);
    for (const { status, body } of answers) {
      const isNamed = status < 300 || String(body['code']).startsWith('openclaw.');
      if (!isNamed) this.#violations.push(`I2: "${fault}" was answered ${status} without a name`);
    }
    if (fault === 'sealed' && answers.some(({ status }) => status < 300))
      this.#violations.push('I2: a sealed store was said to have taken or found a value');
  }

  async #keep(): Promise<Answer> {
    const secret = `sk-canary-${randomBytes(24).toString('hex')}`;
    this.#canaries.push(secret);
    return this.#noted(this.issuer.call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret }));
  }

  #refer(): Promise<Answer> {
    const body = { label: 'r', provider: 'openai', secretRef: 'nobody-knows@1' };
    return this.#noted(this.issuer.call('POST', '/v1/master-keys', body));
  }

  async #noted(asked: Promise<Answer>): Promise<Answer> {
    const answer = await asked;
    this.#answers.push(JSON.stringify(answer.body));
    return answer;
  }
}
