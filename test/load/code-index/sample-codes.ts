import { hash } from 'node:crypto';
import { domainCodec, streamOf } from '@openclaw/contracts';
import { type CodeSecret, type CodeSettings, milliseconds, unixMs } from '@openclaw/domain';
import { type RecordedEvent, positionAt, streamName } from '@openclaw/event-log';

const MASTER_KEY_ID = '0b0e7a52-2f4c-4a34-9a0e-94e2e6a7f0aa';
const DAY_MS = 86_400_000;
const NOW_MS = Date.now();

/** Settings as deployments have them: a few hundred different sets, dates of its own for each code. */
export const sampleSettings = (n: number, changes: Partial<CodeSettings> = {}): CodeSettings => ({
  masterKeyId: MASTER_KEY_ID,
  label: `code ${n}`,
  owner: `team-${n % 50}`,
  purpose: 'nightly report',
  tags: ['production'],
  scopes: ['openai:gpt-4o:chat', 'openai:gpt-4o-mini:*', `billing:invoices-${n % 20}:read`, 'search:index:query'],
  ipAllowList: ['192.0.2.0/24', '2001:db8::/32', `172.16.${n % 16}.0/24`, '10.0.0.0/8'],
  notBefore: unixMs(NOW_MS - DAY_MS - n),
  expiresAt: unixMs(NOW_MS + 30 * DAY_MS + n),
  idleTimeoutMs: null,
  sessionLimitMs: null,
  usesMax: null,
  rateLimits: {},
  freshnessBoundMs: n % 10 === 0 ? milliseconds(5000) : null,
  ...changes,
});

/** An id in the form of a UUID, from its number. */
export const sampleId = (n: number): string => {
  const hex = hash('sha256', `id ${n}`);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
};

/** A hash that stands for a code nobody knows. */
export const sampleSecret = (n: number): CodeSecret => ({
  codeHash: hash('sha256', `secret ${n}`),
  pepperKeyId: 'pepper-1',
});

const happened = (n: number) => ({ at: unixMs(NOW_MS), command: { id: `command-${n}`, bodyHash: 'b'.repeat(64) } });

const recorded = (stream: string, event: Parameters<typeof domainCodec.encode>[0], place: { revision: number; position: number }): RecordedEvent => {
  const { type, terminal, data } = domainCodec.encode(event);
  const { revision, position } = place;
  return {
    position: positionAt(position), stream: streamName(stream), revision, terminal, id: `event-${position}`, type,
    time: '2026-01-01T00:00:00.000Z', source: 'issuer-1', appendedAtMs: NOW_MS, data, metadata: {},
  };
}; // prettier-ignore

export const masterKeyRegistered = (): RecordedEvent =>
  recorded(
    streamOf.masterKey(MASTER_KEY_ID),
    {
      type: 'MasterKeyRegistered',
      data: { masterKeyId: MASTER_KEY_ID, ...happened(0), label: 'k', provider: 'openai', secret: { name: 'k', version: '1' } },
    },
    { revision: 1, position: 0 },
  ); // prettier-ignore

/** The first event of code `n`, at position `n`. */
export const codeIssued = (n: number, secret: CodeSecret = sampleSecret(n), settings = sampleSettings(n)): RecordedEvent => {
  const codeId = sampleId(n);
  const data = { codeId, ...happened(n), settings, secret };
  return recorded(streamOf.pairingCode(codeId), { type: 'PairingCodeIssued', data }, { revision: 1, position: n });
}; // prettier-ignore

/** Code `n` gets another secret. */
export const codeRotated = (n: number, position: number, revision: number): RecordedEvent => {
  const codeId = sampleId(n);
  const data = { codeId, ...happened(position), secret: sampleSecret(position + 0.5), graceUntil: unixMs(NOW_MS + DAY_MS) };
  return recorded(streamOf.pairingCode(codeId), { type: 'PairingCodeRotated', data }, { revision, position });
}; // prettier-ignore
