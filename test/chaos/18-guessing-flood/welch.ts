/**
 * Samples above this quantile of all are left out, as dudect does: pauses of a busy machine and of its disk, of which
 * the product promises nothing, make the upper half; what tells a reason shifts the lower one.
 */
const CROPPED_FROM = 0.5;
/** Fewer samples than this part of a side below the limit: the sides hardly overlap. */
const OVERLAP_MIN = 0.05;

/**
 * Welch's t of two samples: how far their means are apart, in units of what chance alone makes of it. Above 4.5 in either
 * direction the two are told apart (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", DATE 2017).
 */
export const T_MAX = 4.5;

export const welchT = (a: readonly number[], b: readonly number[]): number => {
  const all = [...a, ...b].toSorted((x, y) => x - y);
  const limit = all[Math.floor(all.length * CROPPED_FROM)] ?? Number.POSITIVE_INFINITY;
  const [first, second] = [a, b].map((samples) => momentsOf(samples.filter((sample) => sample < limit)));
  if (first === undefined || second === undefined) return Number.NaN;
  if (first.count < a.length * OVERLAP_MIN) return Number.POSITIVE_INFINITY;
  if (second.count < b.length * OVERLAP_MIN) return Number.NEGATIVE_INFINITY;
  return (first.mean - second.mean) / Math.sqrt(first.variance / first.count + second.variance / second.count);
};

const momentsOf = (samples: readonly number[]) => {
  const count = samples.length;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / count;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
};
