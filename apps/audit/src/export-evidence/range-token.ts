import { ApiError } from '@openclaw/platform';
import { z } from 'zod';
import type { PartitionEnd } from './evidence';

const ends = z.array(z.tuple([z.int().min(0), z.string().max(200), z.int().min(-1)])).max(10_000);

/** A range as callers pass it on: opaque, and the same range for ever. */
export const encodeRange = (range: readonly PartitionEnd[]): string =>
  Buffer.from(JSON.stringify(range.map(({ partition, logId, position }) => [partition, logId, position]))).toString(
    'base64url',
  );

/** Throws 400 for what is no range token of this log. */
export const decodeRange = (token: string, known: readonly PartitionEnd[]): readonly PartitionEnd[] => {
  const range = parsed(token)?.map(([partition, logId, position]) => ({ partition, logId, position }));
  const isOurs = range?.every((end) => known.some((one) => one.partition === end.partition && one.logId === end.logId));
  if (range !== undefined && isOurs === true) return range;
  const remedy = 'take `until` from a manifest of this service';
  throw new ApiError('openclaw.request.invalid', [{ field: 'until', problem: 'not a range of this log', remedy }]);
};

const parsed = (token: string): z.infer<typeof ends> | undefined => {
  try {
    return ends.safeParse(JSON.parse(Buffer.from(token, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
};
