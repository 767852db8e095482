import { setTimeout as pause } from 'node:timers/promises';
import type { Conditions, Observation } from '../experiment';
import { allAtOnce } from '../usage/all-at-once';
import { answeredIsRecorded, refusedPlainly } from '../usage/judgement';
import { type RunningValidator, type Use, isDecision } from '../usage/running-validator';
import { type Issued, type UsageScene, freshName, settled } from '../usage/scene';
import { SceneGround } from '../usage/scene-ground';
import { heldBy } from '../workload/history';

const BOUND_MS = 1000;
const AT_ONCE = 32;
/** Callers give up after five seconds. */
const PATIENCE_MS = 4_500;
const SPOOL = { OPENCLAW_USAGE_SPOOL_MAX_MIB: '1' };
/** What a mutant answers while nothing can be written. */
const HUNG_MS = 300;
const ON_ITS_WAY_MS = 100;
/** What a process ends with that must not go on. */
const HALTED = 70;
/** A mutant's loss shows as soon as the audit has what is there. */
const MUTANT_WAIT_MS = 1_500;

const ground = new SceneGround(BOUND_MS);

/** INVARIANTS experiment 12: the log takes no usage records, then the disk does not, then the process is killed. */
export const unwritableUsage = allAtOnce({
  number: 12,
  title: 'usage events cannot be written: strict mode, spool mode until the spool is full, then kill -9',
  invariants: ['I2', 'I7'],
  mutants: {
    'a full spool drops records': ['I7'],
    'answered before durable': ['I7'],
    'strict answers before the log has it': ['I7'],
  },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
});

const runOnce = async ({ size, mutant, note }: Conditions): Promise<Observation> => {
  const scene = await ground.scene();
  const rounds = size === 'long' && mutant === undefined ? 4 : 1;
  const seen: Seen = { uses: [], violations: [], filled: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const isAbout = (name: string): boolean => mutant === undefined || mutant === name;
    const strict = isAbout('strict answers before the log has it') ? killStrict(scene, seen, mutant) : undefined;
    if (isAbout('a full spool drops records')) await killFull(scene, seen, mutant);
    if (isAbout('answered before durable')) await killWhileHung(scene, seen, mutant);
    await strict;
  }
  const { uses, violations, filled } = seen;
  note(`${uses.length} uses, ${filled} of them refused because nothing could be recorded`);
  return {
    counts: { uses: uses.length, decisions: uses.filter(isDecision).length, unrecordable: filled },
    held: heldBy(['I2', 'I7'], violations),
    violations,
  };
};

interface Seen {
  readonly uses: Use[];
  readonly violations: string[];
  /** Refusals because nothing could be recorded. */
  filled: number;
}

const isUnrecordable = ({ verdict }: Use): boolean => verdict?.includes('usage-unrecordable') === true;

/** Spool mode: full while the log hangs, everything refused, kill -9, and the next life sends what was left. */
const killFull = async (scene: UsageScene, seen: Seen, mutant: string | undefined): Promise<void> => {
  const name = freshName('full');
  const code = await scene.issue();
  const validator = await scene.validator(name, { ...SPOOL, mutant });
  await known(validator, code);
  const release = await scene.holdUsage();
  try {
    await flood(validator, code, mutant === undefined ? 4000 : 2000);
    if (mutant === undefined) seen.violations.push(...(await refusesAll(validator, code)));
    await validator.kill();
  } finally {
    await release();
  }
  const next = await scene.validator(name);
  await judge(scene, seen, validator, mutant !== undefined);
  if (mutant === undefined) seen.violations.push(...(await isComplete(scene, name)));
  await next.stop();
};

/** Numbers that nobody was answered on do not count: what the killed one had recorded is all there, and closed. */
const isComplete = async (scene: UsageScene, name: string): Promise<string[]> => {
  const [killed] = await settled(
    () => scene.accounts(name),
    ([first]) => first?.verdict === 'complete',
  );
  return killed?.verdict === 'complete' ? [] : [`I7: the killed producer is ${killed?.verdict}`];
};

/** kill -9 while the disk hangs with decisions in hand: nobody was answered on what is not there. */
const killWhileHung = async (scene: UsageScene, seen: Seen, mutant: string | undefined): Promise<void> => {
  const name = freshName('hung');
  const code = await scene.issue();
  const validator = await scene.validator(name, { mutant });
  await known(validator, code);
  validator.disk('hung');
  await pause(20); // what is being written is written
  const waiting = Array.from({ length: AT_ONCE }, () => validator.use(code));
  await pause(HUNG_MS);
  await validator.kill();
  await Promise.all(waiting);
  const next = await scene.validator(name);
  await judge(scene, seen, validator, mutant !== undefined);
  if (mutant !== undefined) return next.stop();
  seen.violations.push(...(await isComplete(scene, name)), ...(await endsOnFailedSync(next, code)));
};

/** A failed sync is never tried again: nobody is answered, and the process ends. */
const endsOnFailedSync = async (validator: RunningValidator, code: Issued): Promise<string[]> => {
  await known(validator, code);
  validator.disk('failing');
  const asked = await Promise.all(Array.from({ length: AT_ONCE }, () => validator.use(code)));
  await Promise.race([validator.child.ended, pause(PATIENCE_MS)]);
  const answered = asked.filter(isDecision).length;
  const { end } = validator.child;
  await validator.kill();
  return [
    ...(answered > 0 ? [`I2: ${answered} uses were answered on records whose sync had failed`] : []),
    ...(end === HALTED ? [] : [`I2: after a failed sync the process ended with ${end}`]),
  ];
};

/** Strict mode: what was answered is on the log, so that the whole disk may go with the process. */
const killStrict = async (scene: UsageScene, seen: Seen, mutant: string | undefined): Promise<void> => {
  const name = freshName('strict');
  const code = await scene.issue();
  const validator = await scene.validator(name, { OPENCLAW_USAGE_DURABILITY: 'log', mutant });
  await known(validator, code);
  await Promise.all(Array.from({ length: AT_ONCE }, () => validator.use(code)));
  const release = await scene.holdUsage();
  try {
    // What is on its way to the store when the process dies may arrive there later: one record; the others wait for it.
    const onItsWay = validator.use(code);
    await pause(ON_ITS_WAY_MS);
    const held = await Promise.all([onItsWay, ...Array.from({ length: AT_ONCE }, () => validator.use(code))]);
    if (mutant === undefined && held.some((use) => !isUnrecordable(use)))
      seen.violations.push('I2: strict mode answered without the log');
    if (mutant === undefined) seen.violations.push(...refusedPlainly(held, PATIENCE_MS));
    await validator.kill();
    await scene.loseSpool(name);
  } finally {
    await release();
  }
  await judge(scene, seen, validator, mutant !== undefined);
};

const known = async (validator: RunningValidator, code: Issued): Promise<void> => {
  await settled(
    () => validator.use(code),
    ({ verdict }) => verdict === 'allow',
  );
};

/** Uses a code at once from many sides until the spool takes no more, or `most` uses were made. */
const flood = async (validator: RunningValidator, code: Issued, most: number): Promise<void> => {
  let left = most;
  const worker = async (): Promise<void> => {
    while (left-- > 0) if (isUnrecordable(await validator.use(code))) return;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
};

/** Allows and denials alike, known codes and unknown ones. */
const refusesAll = async (validator: RunningValidator, code: Issued): Promise<string[]> => {
  const asked = await Promise.all([
    ...Array.from({ length: AT_ONCE }, () => validator.use(code)),
    ...Array.from({ length: AT_ONCE }, () => validator.use(code, 'other:gpt-4o:chat')),
    ...Array.from({ length: AT_ONCE }, () => validator.use({ ...code, code: 'ocpc_nobody' })),
  ]);
  const answered = asked.filter((use) => !isUnrecordable(use)).length;
  return [
    ...refusedPlainly(asked, PATIENCE_MS),
    ...(answered > 0 ? [`I2: ${answered} uses were answered though nothing could be recorded`] : []),
  ];
};

const judge = async (scene: UsageScene, seen: Seen, { uses }: RunningValidator, isMutant: boolean): Promise<void> => {
  seen.uses.push(...uses);
  seen.filled += uses.filter(isUnrecordable).length;
  await scene.usageFlows();
  seen.violations.push(...(await answeredIsRecorded(scene, uses, { ms: isMutant ? MUTANT_WAIT_MS : undefined })));
};
