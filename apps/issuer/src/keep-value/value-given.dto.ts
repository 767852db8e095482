import { ApiError } from '@openclaw/platform';
import { parseSecretRef } from '@openclaw/secret-store';
import { z } from 'zod';

/** How a request brings a master key's value: pasted, or by the name under which the secret store holds it already. */
export const valueFields = {
  /** The key itself: goes straight into the secret store and is never shown again. */
  secret: z.string().min(8, 'too short for a key').max(4096).optional(),
  /** `<name>@<version>`, such as `openai/prod@2`. */
  secretRef: z.string().max(250).optional(),
};

export type SecretNamed = ReturnType<typeof parseSecretRef>;
export type ValueGiven = { readonly secret: string } | SecretNamed;

/** Exactly one of the two; throws an `ApiError` otherwise. */
export const valueGiven = (body: { secret?: string | undefined; secretRef?: string | undefined }): ValueGiven => {
  const { secret, secretRef } = body;
  if (secret !== undefined && secretRef === undefined) return { secret };
  if (secretRef !== undefined && secret === undefined) return parsed(secretRef);
  throw invalidValue('secret', secret === undefined ? 'missing' : 'given twice, as secret and as secretRef');
};

/** The text is not repeated: somebody may have pasted the key itself. */
const parsed = (text: string): SecretNamed => {
  try {
    return parseSecretRef(text);
  } catch {
    throw invalidValue('secretRef', 'not a reference', 'give <name>@<version>, such as openai/prod@1');
  }
};

export const invalidValue = (field: keyof typeof valueFields, problem: string, remedy = REMEDY): ApiError =>
  new ApiError('openclaw.request.invalid', [{ field, problem, remedy }]);

const REMEDY = 'give either secret (the key itself) or secretRef (<name>@<version> in the secret store)';
