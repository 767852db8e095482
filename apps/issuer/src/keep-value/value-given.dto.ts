import { ApiError } from '@openclaw/platform';
import { z } from 'zod';

/** How a request brings a master key's value: pasted, or by the name under which the secret store holds it already. */
export const valueFields = {
  /** The key itself: goes straight into the secret store and is never shown again. */
  secret: z.string().min(8, 'too short for a key').max(4096).optional(),
  /** `<name>@<version>`, such as `openai/prod@2`. */
  secretRef: z.string().max(250).optional(),
};

export type ValueGiven = { readonly secret: string } | { readonly secretRef: string };

/** Exactly one of the two; throws an `ApiError` otherwise. */
export const valueGiven = (body: { secret?: string | undefined; secretRef?: string | undefined }): ValueGiven => {
  const { secret, secretRef } = body;
  if (secret !== undefined && secretRef === undefined) return { secret };
  if (secretRef !== undefined && secret === undefined) return { secretRef };
  throw invalidValue('secret', secret === undefined ? 'missing' : 'given twice, as secret and as secretRef');
};

export const invalidValue = (field: keyof typeof valueFields, problem: string, remedy = REMEDY): ApiError =>
  new ApiError('openclaw.request.invalid', [{ field, problem, remedy }]);

const REMEDY = 'give either secret (the key itself) or secretRef (<name>@<version> in the secret store)';
