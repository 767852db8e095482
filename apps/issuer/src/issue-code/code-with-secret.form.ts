import { z } from 'zod';
import { writtenCodeForm } from '../show-codes/code.view';

/** An answer that makes a secret. */
export const codeWithSecretForm = writtenCodeForm.extend({
  code: z
    .string()
    .nullable()
    .describe('the plain code, here and nowhere else; null when this repeats an earlier answer'),
});

/** The answer to a retry of an issue: where to get a secret, because the first one is never shown again. */
export const reissuableCodeForm = codeWithSecretForm.extend({ secretAvailable: z.literal(false), rotate: z.string() });
