import { setTimeout as pause } from 'node:timers/promises';
import type { Conditions, Observation } from '../experiment';
import { allAtOnce } from '../usage/all-at-once';
import { type RunningValidator, type Use, isDecision } from '../usage/running-validator';
import { type Account, type Issued, type UsageScene, freshName, settled } from '../usage/scene';
import { SceneGround } from '../usage/scene-ground';
import { heldBy } from '../workload/history';

/** Decisions of each kind of moment: sent to the log, told by a renewal, and known to nobody but the spool. */
const USES = 20;
const BOUND_MS = 300;
const PATIENCE_MS = 15_000;
const ON_ITS_WAY_MS = 50;
/** Twice as long as the product needs to declare. */
const MUTANT_WAIT_MS = 6 * BOUND_MS;

const ground = new SceneGround(BOUND_MS);

/** INVARIANTS experiment 25: kill -9 together with the disk of the spool, while the log takes no usage records. */
export const lostSpool = allAtOnce({
  number: 25,
  title: 'the disk of the spool is lost together with kill -9',
  invariants: ['I16'],
  mutants: {
    'closed from a lost spool': ['I16'],
    'a spool that is gone is overlooked': ['I16'],
    'producer id reused': ['I16'],
    'complete without a close': ['I16'],
  },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
});

const runOnce = async ({ size, mutant, note }: Conditions): Promise<Observation> => {
  const scene = await ground.scene();
  const rounds = size === 'long' && mutant === undefined ? 5 : 1;
  const counts = { uses: 0, lost: 0, declared: 0 };
  const violations: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const life = await loseOne(scene, mutant);
    counts.uses += life.uses.length;
    counts.lost += life.missing.length;
    counts.declared += life.accounts.filter(({ verdict }) => verdict === 'lost').length;
    violations.push(...judge(life));
  }
  note(`${counts.lost} of ${counts.uses} answered decisions are gone, ${counts.declared} producers declared lost`);
  return { counts, held: heldBy(['I16'], violations), violations };
};

interface Life {
  readonly uses: readonly Use[];
  /** Answered, and not in the audit. */
  readonly missing: readonly Use[];
  /** Of every life of that validator, in order of time; the first was killed, the others closed. */
  readonly accounts: readonly Account[];
}

const loseOne = async (scene: UsageScene, mutant: string | undefined): Promise<Life> => {
  const name = freshName('lost');
  const code = await scene.issue();
  const isOfAudit = mutant === 'complete without a close';
  const planted = { mutant: isOfAudit ? undefined : mutant };
  const audit = isOfAudit ? await scene.another('audit', mutant) : undefined;
  const validator = await scene.validator(name, planted);
  await settled(
    () => validator.use(code),
    ({ verdict }) => verdict === 'allow',
  );
  await useMany(validator, code);
  await settled(
    () => scene.recorded(code.codeId),
    (rows) => rows.length >= USES,
  );
  const release = await scene.holdUsage();
  try {
    // What is on its way to the store when the process dies may arrive there later: one record; the others wait for it.
    await validator.use(code);
    await pause(ON_ITS_WAY_MS);
    await useMany(validator, code);
    await validator.kill();
    await scene.loseSpool(name);
  } finally {
    await release();
  }
  const next = await scene.validator(name, planted);
  await scene.usageFlows();
  await settled(
    () => next.use(code),
    ({ verdict }) => verdict === 'allow',
  );
  await useMany(next, code);
  await settled(
    () => scene.accounts(name, audit),
    ([first]) => first?.verdict === 'lost' || (mutant !== undefined && first?.verdict !== 'open'),
    mutant === undefined ? PATIENCE_MS : MUTANT_WAIT_MS,
  );
  await next.stop();
  const accounts = await settled(
    () => scene.accounts(name, audit),
    (lives) => lives.length > 1 && lives.slice(1).every(({ verdict }) => verdict === 'complete'),
    mutant === undefined ? PATIENCE_MS : MUTANT_WAIT_MS,
  );
  const there = new Set((await scene.recorded(code.codeId)).map(({ requestId }) => requestId));
  await audit?.stop();
  const uses = [...validator.uses, ...next.uses].filter(isDecision);
  return { uses, missing: uses.filter(({ requestId }) => !there.has(requestId)), accounts };
};

const useMany = (validator: RunningValidator, code: Issued): Promise<readonly Use[]> =>
  Promise.all(Array.from({ length: USES }, () => validator.use(code)));

/** Every life is closed and complete, or lost with a time that every missing decision falls into. */
const judge = ({ missing, accounts }: Life): string[] => {
  const [killed] = accounts;
  const others = accounts.slice(1).filter(({ verdict }) => verdict !== 'complete');
  const outside = missing.filter((use) => !accounts.some((one) => one.verdict === 'lost' && isWithin(use, one)));
  return [
    ...(killed?.verdict === 'lost' ? [] : [`I16: the killed producer is ${killed?.verdict ?? 'not known'}`]),
    ...(outside.length > 0 ? [`I16: ${outside.length} missing decisions are in no named window`] : []),
    ...others.map(({ verdict }) => `I16: a producer that closed itself is ${verdict}`),
  ];
};

const isWithin = ({ sentAt, answeredAt }: Use, { window }: Account): boolean =>
  window !== null && Date.parse(window.from) <= (answeredAt ?? 0) && sentAt <= Date.parse(window.to);
