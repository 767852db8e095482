import type { UsageDecidedData, UsageEvent } from '../src/events/usage.events';

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const producer = '0192f0c1-7d1e-7b33-9f10-0a4b5c6d7e8f';
const validator = 'validator-0';
const position = 'p1.1a.log-1';

const use: Omit<UsageDecidedData, 'outcome' | 'reason'> = {
  producer,
  sequence: 2,
  validator,
  time,
  codeId: 'code-1',
  masterKeyId: 'master-key-1',
  sourceIp: '203.0.113.7',
  service: 'openai',
  resource: 'gpt-5',
  action: 'invoke',
  endpoint: 'POST /v1/chat/completions',
  httpStatus: 200,
  latencyUs: 240,
  position,
  revision: 3,
  freshnessAgeMs: 1200,
  requestId: 'request-1',
};

/** One usage event of each type and shape, for golden files and for tests of readers. */
export const USAGE_EXAMPLES: readonly UsageEvent[] = [
  { type: 'UsageDecided', data: { outcome: 'allowed', ...use } },
  { type: 'UsageDecided', data: { outcome: 'denied', reason: 'ip_denied', ...use, sequence: 3, httpStatus: 403 } },
  { type: 'UsageWithheld', data: { producer, sequence: 4, withheld: 2 } },
  {
    type: 'RefusalsAggregated',
    data: { producer, sequence: 5, validator, from: time, forMs: 1000, sourceIp: '2001:db8::1', reason: 'unknown_code', count: 17, position },
  },
  { type: 'ProducerOpened', data: { producer, sequence: 1, validator, partition: 4, openedAt: time, durability: 'fsync' } },
  { type: 'ProducerClosed', data: { producer, sequence: 6, last: 5, closedBy: producer } },
  { type: 'ProducerLost', data: { producer, partition: 4, lastKnown: 3, from: time, to: time + 3_600_000, declaredBy: 'audit-0' } },
]; // prettier-ignore
