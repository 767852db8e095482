import { createRequire } from 'node:module';
import './kafkajs-timers';

/** What kafkajs keeps for each connection, as far as this spec looks at it. */
interface RequestQueue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: unknown[];
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
  destroy(): void;
}
const Queue = createRequire(__filename)('kafkajs/src/network/requestQueue') as new (options: object) => RequestQueue;

const aQueue = (): RequestQueue =>
  new Queue({
    maxInFlightRequests: 1,
    requestTimeout: 1000,
    enforceRequestTimeout: false,
    clientId: 'spec',
    broker: 'nowhere',
    logger: { namespace: () => ({ debug: () => undefined, warn: () => undefined }) },
    isConnected: () => true,
  });

describe('the request queue of kafkajs', () => {
  it('leaves no timer behind while no request waits, whatever was answered', () => {
    const queue = aQueue();
    queue.checkPendingRequests();
    const { throttleCheckTimeoutId } = queue;
    queue.destroy();
    expect(throttleCheckTimeoutId).toBeNull();
  });

  it('still looks again while one waits', () => {
    const queue = aQueue();
    queue.pending.push({});
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.destroy();
  });
});
