import { type Spread, shown, spreadOf } from './statistics';

/** A limit on a ratio of two figures of the same run, and where it is demanded. */
export interface Bar {
  readonly what: string;
  readonly limit: number;
  readonly holds: 'at most' | 'at least';
  readonly source: string;
}

/** A bar on one target, with what each round measured; no rounds = it could not be measured. */
export interface Judged {
  readonly target: string;
  readonly bar: Bar;
  readonly rounds: readonly number[];
}

interface Ruling {
  readonly target: string;
  readonly what: string;
  readonly ratio: Spread | null;
  readonly bar: string;
  readonly limit: number;
  readonly pass: boolean;
}

/** The last line of a bench. `ratio` and `bar` are those of the ruling that is the worst in proportion to its bar. */
export interface Verdict {
  readonly bench: string;
  readonly ratio: number | null;
  readonly bar: string | null;
  readonly pass: boolean;
  readonly reason?: string;
  readonly rulings: readonly Ruling[];
}

export const judgeBench = (bench: string, judged: readonly Judged[], failures: readonly string[] = []): Verdict => {
  const rulings = judged.map(rulingOf);
  const worst = worstOf(judged, rulings);
  const reasons = rulings.length === 0 ? [...failures, 'no bar was measured'] : failures;
  return {
    bench,
    ratio: worst?.ratio?.median ?? null,
    bar: worst?.bar ?? null,
    pass: reasons.length === 0 && rulings.every((ruling) => ruling.pass),
    ...(reasons.length > 0 ? { reason: reasons.join('; ') } : {}),
    rulings,
  };
};

/** The ruling that is the worst in proportion to its bar. */
const worstOf = (judged: readonly Judged[], rulings: readonly Ruling[]): Ruling | undefined =>
  judged
    .map(({ bar }, index) => ({ ruling: rulings[index], strain: strainOf(bar, rulings[index]?.ratio ?? null) }))
    .toSorted((a, b) => b.strain - a.strain)[0]?.ruling;

const rulingOf = ({ target, bar, rounds }: Judged): Ruling => {
  const measured = rounds.length > 0 && rounds.every(Number.isFinite);
  const ratio = measured ? roundedSpread(spreadOf(rounds)) : null;
  const text = `${bar.holds} ${bar.limit} (${bar.source})`;
  return { target, what: bar.what, ratio, bar: text, limit: bar.limit, pass: strainOf(bar, ratio) <= 1 };
};

/** 1 = exactly at the bar, more = missed. */
const strainOf = (bar: Bar, ratio: Spread | null): number => {
  if (ratio === null) return Number.POSITIVE_INFINITY;
  return bar.holds === 'at most' ? ratio.median / bar.limit : bar.limit / ratio.median;
};

const roundedSpread = ({ median, min, max }: Spread): Spread => ({
  median: rounded(median),
  min: rounded(min),
  max: rounded(max),
});
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

/** One line for people per ruling. */
export const rulingLines = ({ rulings }: Verdict): readonly string[] =>
  rulings.map(({ target, what, ratio, bar, pass }) => {
    const measured = ratio === null ? 'not measured' : shown(ratio);
    return `${pass ? 'ok    ' : 'MISSED'}  ${target.padEnd(9)} ${what}: ${measured}, bar ${bar}`;
  });
