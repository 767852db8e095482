import { z } from 'zod';

/** Where master keys live: encrypted in PostgreSQL, or where the operator or his platform puts them. */
export type SecretsConfig =
  | { readonly kind: 'postgres'; readonly url: string; readonly envelopeKeyFile: string }
  | { readonly kind: 'files'; readonly folder: string }
  | { readonly kind: 'environment' };

export const secretsVariables = {
  OPENCLAW_SECRET_STORE: z
    .enum(['postgres', 'files', 'environment'], { message: 'use postgres, files or environment' })
    .default('postgres'),
  OPENCLAW_SECRETS_URL: z.string().startsWith('postgres', 'give a postgresql:// address').optional(),
  OPENCLAW_ENVELOPE_KEY_FILE: z.string().optional(),
  OPENCLAW_SECRETS_FOLDER: z.string().optional(),
};

type Values = z.infer<z.ZodObject<typeof secretsVariables>>;

/** The chosen store, or what is missing for it. */
export const secretsConfigOf = (values: Values): SecretsConfig | string => {
  const { OPENCLAW_SECRETS_URL: url, OPENCLAW_ENVELOPE_KEY_FILE: envelopeKeyFile } = values;
  if (values.OPENCLAW_SECRET_STORE === 'environment') return { kind: 'environment' };
  if (values.OPENCLAW_SECRET_STORE === 'files') {
    const { OPENCLAW_SECRETS_FOLDER: folder } = values;
    return folder === undefined ? 'OPENCLAW_SECRETS_FOLDER: needed: a folder of mode 700' : { kind: 'files', folder };
  }
  if (url === undefined) return 'OPENCLAW_SECRETS_URL: needed: a postgresql:// address';
  if (envelopeKeyFile === undefined) {
    return 'OPENCLAW_ENVELOPE_KEY_FILE: needed: a file of mode 600 with the key-encryption keys';
  }
  return { kind: 'postgres', url, envelopeKeyFile };
};
