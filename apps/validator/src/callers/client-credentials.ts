import type { Caller, KnownCallers } from './known-callers';

const BASIC = /^Basic ([A-Za-z0-9+/]{1,1024}={0,2})$/i;

/**
 * The caller of an OAuth endpoint: by service token as Bearer, by client certificate, or as an OAuth client with its
 * name and its service token (`client_secret_basic`, RFC 6749 section 2.3.1). Undefined for anybody else.
 */
export const authenticateClient = (
  callers: KnownCallers,
  header: string | undefined,
  subjectAltName?: string,
): Caller | undefined => {
  const basic = BASIC.exec(header ?? '')?.[1];
  if (basic === undefined) return callers.authenticate(header, subjectAltName);
  const [name, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':').map(formDecoded);
  if (name === undefined || secret === undefined) return undefined;
  const caller = callers.authenticate(`Bearer ${secret}`);
  return caller?.name === name ? caller : undefined;
};

/** Both are form-encoded before they are joined; what is not so encoded is nobody's name or token. */
const formDecoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};
