import { secretFile } from '@openclaw/platform';
import { z } from 'zod';
import { ServiceTokens } from './service-tokens';

/** Configuration variable that names the file of callers; read once, at start. */
export const serviceTokensFile = secretFile.transform((text, context) => {
  const parsed = ServiceTokens.parse(text);
  if (parsed instanceof ServiceTokens) return parsed;
  const lines = parsed.faultyLines.join(', ');
  context.addIssue({ code: 'custom', message: `line ${lines}: not name:sha256hex[:auditor], or a token twice` });
  return z.NEVER;
});
