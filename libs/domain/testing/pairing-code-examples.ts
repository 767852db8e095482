import type { CodeChanges, CodeSecret, CodeSettings, PairingCodeCommand, PairingCodeEvent } from '../src/index';
import { type Milliseconds, type UnixMs, milliseconds, unixMs } from '../src/index';
import { NEW_YEAR, metaOf } from './command-examples';

/** Settings that bind a code in every way there is, each with room to narrow and to widen. */
export const boundSettings = (changes: Partial<CodeSettings> = {}): CodeSettings => ({
  masterKeyId: 'mk-1',
  label: 'reporting job',
  owner: 'team-a',
  purpose: 'nightly report',
  tags: ['nightly'],
  scopes: ['billing:invoices:read', 'ledger:*:read'],
  ipAllowList: ['10.0.0.0/8', '2001:db8::/32'],
  notBefore: unixMs(NEW_YEAR + 1000),
  expiresAt: unixMs(NEW_YEAR + 86_400_000),
  idleTimeoutMs: milliseconds(600_000),
  sessionLimitMs: milliseconds(3_600_000),
  usesMax: 10,
  rateLimits: { perMinute: 5, perHour: 50, perDay: 500 },
  freshnessBoundMs: milliseconds(5000),
  ...changes,
});

export const secretOf = (name: string): CodeSecret => ({ codeHash: `hash of ${name}`, pepperKeyId: 'pepper-1' });

/** Commands by the names that people use; each has its own command id, so that none is a retry by accident. */
export const codeCommands = {
  issue: (settings: CodeSettings = boundSettings(), id = 'issue'): PairingCodeCommand => ({
    type: 'IssueCode',
    meta: metaOf(id),
    codeId: 'code-1',
    settings,
    secret: secretOf('first'),
  }),
  update: (changes: CodeChanges, mayWiden = false, id = 'update'): PairingCodeCommand => ({
    type: 'UpdateCode',
    meta: metaOf(id),
    changes,
    mayWiden,
  }),
  rotate: (to: string, graceMs: Milliseconds = milliseconds(60_000), id = `rotate ${to}`): PairingCodeCommand => ({
    type: 'RotateCode',
    meta: metaOf(id),
    secret: secretOf(to),
    graceMs,
  }),
  reissue: (to: string, id = `reissue ${to}`): PairingCodeCommand => ({
    type: 'ReissueCode',
    meta: metaOf(id),
    secret: secretOf(to),
  }),
  suspend: (id = 'suspend'): PairingCodeCommand => ({ type: 'SuspendCode', meta: metaOf(id) }),
  resume: (id = 'resume'): PairingCodeCommand => ({ type: 'ResumeCode', meta: metaOf(id) }),
  revoke: (id = 'revoke'): PairingCodeCommand => ({ type: 'RevokeCode', meta: metaOf(id) }),
};

const happened = (id: string, at: UnixMs = NEW_YEAR) => ({ codeId: 'code-1', at, command: metaOf(id).command });

/** What happened to code-1. Each event carries the id of the command above that leads to it. */
export const codeEvents = {
  issued: (settings: CodeSettings = boundSettings()): PairingCodeEvent => ({
    type: 'PairingCodeIssued',
    data: { ...happened('issue'), settings, secret: secretOf('first') },
  }),
  rotated: (to: string, graceUntil: UnixMs = unixMs(NEW_YEAR + 60_000)): PairingCodeEvent => ({
    type: 'PairingCodeRotated',
    data: { ...happened(`rotate ${to}`), secret: secretOf(to), graceUntil },
  }),
  reissued: (to: string): PairingCodeEvent => ({
    type: 'PairingCodeReissued',
    data: { ...happened(`reissue ${to}`), secret: secretOf(to) },
  }),
  suspended: (): PairingCodeEvent => ({ type: 'PairingCodeSuspended', data: happened('suspend') }),
  resumed: (): PairingCodeEvent => ({ type: 'PairingCodeResumed', data: happened('resume') }),
  revoked: (at: UnixMs = NEW_YEAR): PairingCodeEvent => ({ type: 'PairingCodeRevoked', data: happened('revoke', at) }),
};
