import { secretFile } from '@openclaw/platform';
import { z } from 'zod';
import { KnownCallers } from './known-callers';

/** Configuration variable that names the file of callers; read once, at start. */
export const knownCallersFile = secretFile.transform((text, context) => {
  const parsed = KnownCallers.parse(text);
  if (parsed instanceof KnownCallers) return parsed;
  const lines = parsed.faultyLines.join(', ');
  context.addIssue({
    code: 'custom',
    message: `line ${lines}: neither name:sha256hex[:auditor] nor name URI:… [auditor], or twice`,
  });
  return z.NEVER;
});
