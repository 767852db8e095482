/** Samples above this quantile of all are left out: a pause of the machine tells nothing about a reason (as dudect does). */
const CROPPED_FROM = 0.9;

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
  return (first.mean - second.mean) / Math.sqrt(first.variance / first.count + second.variance / second.count);
};

const momentsOf = (samples: readonly number[]) => {
  const count = samples.length;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / count;
  const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / (count - 1);
  return { count, mean, variance };
};
