import type { z } from 'zod';
import { ApiError } from './api-error';

/** Parses a request body at the edge, once; throws an `ApiError` that names every faulty field. */
export const parseBody = <Shape extends z.ZodType>(schema: Shape, body: unknown): z.output<Shape> => {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'openclaw.request.invalid',
    parsed.error.issues.map((issue) => ({
      field: issue.path.map(String).join('.') || 'body',
      problem: issue.message,
      remedy: issue.code === 'unrecognized_keys' ? 'leave it out' : 'see the API description',
    })),
  );
};
