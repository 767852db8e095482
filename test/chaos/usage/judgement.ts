import type { Use } from './running-validator';
import { isDecision } from './running-validator';
import { type OtherService, type Recorded, type UsageScene, settled } from './scene';

const wanted = ({ verdict }: Use): string => (verdict === 'allow' ? 'allowed' : 'denied');

/** I7: every decision that was answered is in the audit exactly once, as it was answered; and nothing is there twice. */
export const answeredIsRecorded = async (
  scene: UsageScene,
  uses: readonly Use[],
  { ms, by }: { readonly ms?: number | undefined; readonly by?: OtherService | undefined } = {},
): Promise<string[]> => {
  const answered = Map.groupBy(uses.filter(isDecision), ({ codeId }) => codeId);
  const violations = await Promise.all(
    [...answered].map(async ([codeId, given]) => {
      const seen = await settled(
        () => scene.recorded(codeId, by),
        (rows) => missing(given, rows).length === 0,
        ms,
      );
      const doubled = seen.length - new Set(seen.map(numberOf)).size;
      const lost = missing(given, seen);
      return [
        ...(lost.length > 0 ? [`I7: ${lost.length} of ${given.length} answered decisions are not in the audit`] : []),
        ...(doubled > 0 ? [`I7: ${doubled} decisions are in the audit twice`] : []),
      ];
    }),
  );
  return violations.flat();
};

/** A decision that was withheld and made again has two numbers; no number may be there twice. */
const numberOf = ({ producer, sequence, place }: Recorded): string => `${producer}/${place.partition}/${sequence}`;

const missing = (given: readonly Use[], rows: readonly Recorded[]): readonly Use[] => {
  const there = new Set(rows.map(({ requestId, outcome }) => `${requestId} ${outcome}`));
  return given.filter((use) => !there.has(`${use.requestId} ${wanted(use)}`));
};

/** I2: what is no decision is an explicit refusal, and nothing waits longer than its caller. */
export const refusedPlainly = (uses: readonly Use[], patienceMs: number): string[] =>
  uses.flatMap((use) => {
    const tookMs = (use.answeredAtMs ?? Number.POSITIVE_INFINITY) - use.sentAtMs;
    if (tookMs > patienceMs) return [`I2: a use was not answered within ${patienceMs} ms`];
    const isPlain = isDecision(use) || use.verdict?.startsWith('14 UNAVAILABLE') === true;
    return isPlain ? [] : [`I2: a use was answered ${use.verdict}`];
  });
