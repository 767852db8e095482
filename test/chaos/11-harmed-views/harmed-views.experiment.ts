import { setTimeout as pause } from 'node:timers/promises';
import type { Conditions, Experiment, Observation } from '../experiment';
import { answeredIsRecorded } from '../usage/judgement';
import type { RunningValidator } from '../usage/running-validator';
import { type OtherService, type UsageScene, freshName, settled } from '../usage/scene';
import { SceneGround } from '../usage/scene-ground';
import { SteadyUse } from '../usage/steady-use';
import { heldBy } from '../workload/history';
import { lagFaults, statusOf } from './lag';
import { ViewsServer } from './views-server';

const BOUND_MS = 1000;
/** I10: normal again within so long. */
const RECOVERY_MS = 10_000;
/** Records behind while uses go on: what a commit of a busy database takes together. */
const NEAR = 25;
const PLACE_FIRST = 'place saved before the rows';
const LAG_OF_READ = 'lag told from what was read';

const ground = new SceneGround(BOUND_MS);
let server: Promise<ViewsServer> | undefined;

/** INVARIANTS experiment 11: the PostgreSQL of the views hangs, is read-only, is killed, has no room. */
export const harmedViews: Experiment = {
  number: 11,
  title: 'the PostgreSQL of the views hangs, is read-only, restarts, has a full disk',
  invariants: ['I7', 'I9', 'I10', 'the lag is true'],
  mutants: { [PLACE_FIRST]: ['I7'], [LAG_OF_READ]: ['the lag is true'] },
  run: (conditions) => runOnce(conditions),
  close: async () => {
    await ground.close();
    const started = server;
    server = undefined;
    await (await started)?.stop();
  },
};

const runOnce = async ({ size, mutant, note }: Conditions): Promise<Observation> => {
  server ??= ViewsServer.start();
  const [views, scene] = [await server, await ground.scene()];
  const isLong = size === 'long' && mutant === undefined;
  const audit = await scene.another('audit', mutant, {
    OPENCLAW_VIEWS_URL: await views.database(mutant === undefined),
  });
  const validator = await scene.validator(freshName('viewed'));
  const trial = new Trial(scene, audit, validator, isLong ? 8_000 : 1_200);
  try {
    await trial.begin();
    await harm(trial, views, mutant);
    if (!views.hasDisk) note('the disk was not filled: this user may not mount a small one');
    const seen = await trial.judge(mutant === undefined);
    note(JSON.stringify(seen.counts));
    return seen;
  } finally {
    await trial.stop();
  }
};

const harm = async (trial: Trial, views: ViewsServer, mutant: string | undefined): Promise<void> => {
  const kill = (): Promise<void> => trial.during('killed', () => views.crash());
  if (mutant === LAG_OF_READ) return trial.during('hung', () => views.hang());
  if (mutant === PLACE_FIRST) {
    await kill();
    return kill(); // the first may have struck between two commits
  }
  await trial.during('hung', () => views.hang());
  await trial.during('read-only', () => views.becomeReadOnly());
  await kill();
  if (views.hasDisk) await trial.during('full', () => views.fillDisk());
};

class Trial {
  readonly #violations: string[] = [];
  readonly #faults: string[] = [];
  #steady: SteadyUse | undefined;

  constructor(
    private readonly scene: UsageScene,
    private readonly audit: OtherService,
    private readonly validator: RunningValidator,
    private readonly forMs: number,
  ) {}

  async begin(): Promise<void> {
    const code = await this.scene.issue();
    await settled(
      () => this.validator.use(code),
      ({ verdict }) => verdict === 'allow',
    );
    this.#steady = new SteadyUse(this.validator, code);
    await this.#caughtUp('at the start');
  }

  /** Uses go on; the status tells how far behind the view is; afterwards it catches up by itself. */
  async during(fault: string, plant: () => Promise<() => Promise<void>>): Promise<void> {
    this.#faults.push(fault);
    const mend = await plant();
    const endMs = performance.now() + this.forMs;
    try {
      do {
        this.#violations.push(...(await lagFaults(this.scene, this.audit, fault)));
        await pause(50);
      } while (performance.now() < endMs);
    } finally {
      await mend();
    }
    await this.#caughtUp(`after "${fault}"`);
  }

  async judge(isProduct: boolean): Promise<Observation> {
    await this.#steady?.stop();
    const { uses } = this.validator;
    const by = { by: this.audit, ms: isProduct ? undefined : 3_000 };
    this.#violations.push(...(await answeredIsRecorded(this.scene, uses, by)), ...(this.#steady?.violations ?? []));
    if (isProduct) this.#violations.push(...(await this.#rebuilt()));
    const invariants = ['I7', 'I9', 'I10', 'the lag is true'];
    return {
      counts: { uses: uses.length, others: this.#steady?.others ?? 0, faults: this.#faults.length },
      held: heldBy(invariants, this.#violations),
      violations: this.#violations,
    };
  }

  async stop(): Promise<void> {
    await this.#steady?.stop();
    await this.validator.stop();
    await this.audit.stop();
  }

  async #caughtUp(when: string): Promise<void> {
    const status = await settled(
      () => statusOf(this.audit),
      (partitions) =>
        partitions.length > 1 && partitions.every(({ lagRecords }) => (lagRecords ?? Number.POSITIVE_INFINITY) < NEAR),
      RECOVERY_MS,
    );
    const worst = Math.max(...status.map(({ lagRecords }) => lagRecords ?? Number.POSITIVE_INFINITY));
    if (worst >= NEAR) this.#violations.push(`I10: ${when} the view is ${worst} records behind`);
    const quarantined = status.reduce((sum, partition) => sum + (partition.quarantined ?? 0), 0);
    if (quarantined > 0) this.#violations.push(`I7: ${when} ${quarantined} records are set aside`);
  }

  /** The tables are what the log says: the same when they are built again. */
  async #rebuilt(): Promise<string[]> {
    const answers = ['trail', 'usage'].map((projection) => this.audit.call('POST', '/v1/rebuild', { projection }));
    const rebuilt = await Promise.all(answers);
    return rebuilt.flatMap(({ body }) =>
      body['identical'] === true ? [] : [`I7: ${String(body['projection'])} is another one when it is built again`],
    );
  }
}
