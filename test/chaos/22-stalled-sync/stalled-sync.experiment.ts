import { setTimeout as pause } from 'node:timers/promises';
import type { Conditions, Observation } from '../experiment';
import { allAtOnce } from '../usage/all-at-once';
import { answeredIsRecorded, refusedPlainly } from '../usage/judgement';
import type { RunningValidator, Use } from '../usage/running-validator';
import { type Issued, type UsageScene, freshName, settled } from '../usage/scene';
import { SceneGround } from '../usage/scene-ground';
import { heldBy, hostMs } from '../workload/history';

const BOUND_MS = 600;
const STALL_MS = 3 * BOUND_MS;
const EVERY_MS = 10;
/** From the second look to the caller: what a loaded host may need for an answer that is ready. */
const WAY_MS = BOUND_MS / 2;
/** Callers give up after five seconds. */
const PATIENCE_MS = 4_500;

const ground = new SceneGround(BOUND_MS);

/** INVARIANTS experiment 22: decisions wait for a sync that hangs, across a revocation and several renewals. */
export const stalledSync = allAtOnce({
  number: 22,
  title: 'the sync of the spool hangs for 3 L across a revocation and several renewals',
  invariants: ['I1', 'I2', 'I7'],
  mutants: { 'no second look after the spool': ['I1'], 'second look at a newer lease': ['I1'] },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
});

const runOnce = async ({ size, mutant, random, note }: Conditions): Promise<Observation> => {
  const scene = await ground.scene();
  const rounds = size === 'long' && mutant === undefined ? 10 : 1;
  const name = freshName('stalled');
  const validator = await scene.validator(name, { mutant });
  const revokedAtMs = new Map<string, number>();
  try {
    for (let round = 0; round < rounds; round += 1) {
      const code = await scene.issue();
      await settled(
        () => validator.use(code),
        ({ verdict }) => verdict === 'allow',
      );
      await stallOnce(scene, validator, code, { revokedAtMs, restMs: random.between(0, BOUND_MS) });
    }
  } finally {
    await validator.stop();
  }
  const { uses } = validator;
  const withheld = mutant === undefined ? await withheldBy(scene, name) : 0;
  note(`${uses.length} uses, ${withheld} answers withheld`);
  const violations = [
    ...lateAllows(uses, revokedAtMs),
    ...refusedPlainly(uses, PATIENCE_MS),
    ...(mutant === undefined ? await answeredIsRecorded(scene, uses) : []),
    ...(mutant === undefined && withheld === 0 ? ['I7: no answer was withheld: the stall was not felt'] : []),
  ];
  return {
    counts: { uses: uses.length, allowed: uses.filter(({ verdict }) => verdict === 'allow').length, withheld },
    held: heldBy(['I1', 'I2', 'I7'], violations),
    violations,
  };
};

/** Steady use of a code; its sync hangs; it is revoked; the sync goes on. */
const stallOnce = async (
  scene: UsageScene,
  validator: RunningValidator,
  code: Issued,
  { revokedAtMs, restMs }: { readonly revokedAtMs: Map<string, number>; readonly restMs: number },
): Promise<void> => {
  const using: Promise<Use>[] = [];
  const traffic = setInterval(() => using.push(validator.use(code)), EVERY_MS);
  await pause(restMs);
  validator.disk('hung');
  const stalledAtMs = hostMs();
  await pause(BOUND_MS / 4);
  await scene.issuer('POST', `/v1/codes/${code.codeId}/revoke`, { reason: 'stalled' });
  revokedAtMs.set(code.codeId, hostMs());
  await pause(Math.max(0, stalledAtMs + STALL_MS - hostMs()));
  validator.disk('well');
  await settled(
    () => validator.use(code),
    ({ verdict }) => verdict === 'DENIAL_REASON_REVOKED',
  );
  clearInterval(traffic);
  await Promise.all(using);
};

/** I1: no use that was sent later than the answer to the revocation + L is allowed, and no allow is looked at later. */
const lateAllows = (uses: readonly Use[], revokedAtMs: ReadonlyMap<string, number>): string[] =>
  uses.flatMap(({ codeId, verdict, sentAtMs, answeredAtMs = 0 }) => {
    const revoked = revokedAtMs.get(codeId);
    if (verdict !== 'allow' || revoked === undefined) return [];
    const lateMs = Math.max(sentAtMs, answeredAtMs - WAY_MS) - revoked - BOUND_MS;
    return lateMs > 0 ? [`I1: allowed ${lateMs.toFixed(1)} ms after the answer to its revocation + L`] : [];
  });

/** Of this run's producer, so that runs before it do not count. */
const withheldBy = async (scene: UsageScene, name: string): Promise<number> => {
  const producer = (await scene.accounts(name))[0]?.producer ?? '';
  return settled(
    async () => {
      const { body } = await scene.audit(`/v1/usage/summary?outcome=withheld&producer=${producer}`);
      return (body['byOutcome'] as Record<string, number>)['withheld'] ?? 0;
    },
    (seen) => seen > 0,
    PATIENCE_MS,
  );
};
