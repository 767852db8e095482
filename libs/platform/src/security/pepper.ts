import { createSecretKey } from 'node:crypto';
import { type Pepper, pepper } from '@openclaw/contracts';
import { z } from 'zod';
import { secretFile } from '../config/read-config';

const FORM = /^([a-z0-9-]{1,32}):([0-9a-f]{64})$/;

/** A pepper as its file holds it: `<key id>:<64 hex digits>`. Undefined when it is not of that form. */
export const parsePepper = (text: string): Pepper | undefined => {
  const found = FORM.exec(text);
  const [keyId, hex] = [found?.[1], found?.[2]];
  return keyId === undefined || hex === undefined ? undefined : pepper(keyId, createSecretKey(Buffer.from(hex, 'hex')));
};

/** Configuration variable that names the pepper's file; issuer and validators read the same one. */
export const pepperFile = secretFile.transform((text, context) => {
  const parsed = parsePepper(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'the file must hold <key id>:<64 hex digits>' });
  return z.NEVER;
});
