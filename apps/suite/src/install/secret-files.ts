import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashToken, newToken } from '@openclaw/platform';

/** The files of an installation that only its owner may read (mode 600), each made once and never replaced. */
export interface SecretFiles {
  readonly pepperFile: string;
  /** Keys the hashes of operators' tokens: what issuer, audit and anomaly read, and validators do not. */
  readonly operatorPepperFile: string;
  readonly envelopeKeyFile: string;
  readonly bootstrapTokenFile: string;
  /** Hashes of the service tokens: what validators read. */
  readonly serviceTokensFile: string;
  /** A service token and an auditor's service token, in plain: what callers of the validator send. */
  readonly serviceTokenFile: string;
  readonly auditorTokenFile: string;
  /** Password of a database login of this installation; the same at every start. */
  readonly passwordOf: (login: string) => string;
}

export const secretFiles = (folder: string): SecretFiles => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = (name: string): string => join(folder, name);
  once(path('pepper'), () => `pepper-1:${randomBytes(32).toString('hex')}`);
  once(path('operator-pepper'), () => `operators-1:${randomBytes(32).toString('hex')}`);
  once(path('operator-token'), () => newToken('operator'));
  const serviceToken = once(path('service-token'), () => newToken('service'));
  const auditorToken = once(path('auditor-service-token'), () => newToken('service'));
  once(path('service-tokens'), () => `example:${hashToken(serviceToken)}\nsoc:${hashToken(auditorToken)}:auditor`);
  const installationKey = once(path('installation-key'), () => randomBytes(32).toString('hex'));
  return {
    pepperFile: path('pepper'),
    operatorPepperFile: path('operator-pepper'),
    envelopeKeyFile: path('envelope-keys'),
    bootstrapTokenFile: path('operator-token'),
    serviceTokensFile: path('service-tokens'),
    serviceTokenFile: path('service-token'),
    auditorTokenFile: path('auditor-service-token'),
    passwordOf: (login) => createHmac('sha256', installationKey).update(login).digest('base64url'),
  };
};

/** The content of a file, which appears whole and only if it is not there yet. */
const once = (path: string, make: () => string): string => {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${make()}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(path, 'utf8').trim();
};
