import { randomUUID } from 'node:crypto';
import { encodeBody } from '@openclaw/contracts';
import { DOMAIN_EXAMPLES } from '@openclaw/contracts/testing';
import { type NewEvent, type StreamName, streamName } from '@openclaw/event-log';

const example = DOMAIN_EXAMPLES.find(({ type }) => type === 'PairingCodeSuspended');
if (example === undefined) throw new Error('contracts has no example of PairingCodeSuspended');
const { type, data } = encodeBody(example);

/** An event as an issuer appends it, of the usual size: a record of about 650 bytes. */
export const sampleEvent = (): NewEvent => ({
  id: randomUUID(),
  type,
  time: new Date().toISOString(),
  source: 'issuer-1',
  data,
  metadata: {
    authid: 'operator-1',
    authtype: 'operator-token',
    sourceip: '192.0.2.1',
    reason: 'suspected leak in a build log',
    commandid: randomUUID(),
    correlationid: randomUUID(),
  },
});

export const sampleStream = (): StreamName => streamName(`pairing-code/${randomUUID()}`);
