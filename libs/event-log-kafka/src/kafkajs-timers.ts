import { createRequire } from 'node:module';

/**
 * kafkajs 2.2.4 looks once a millisecond, for ever and on each connection that ever had an answer, whether requests
 * wait (kafkajs#1751: it re-arms its timer with a negative delay, which also is what Node warns about). A service has
 * dozens of connections. Mended here: the timer is armed when a request does wait, and only then. Nothing else needs it:
 * each answer sends what waits by itself.
 */
const armTimersOnlyWhenRequestsWait = (): void => {
  const queue: unknown = createRequire(__filename)('kafkajs/src/network/requestQueue');
  const prototype: unknown = typeof queue === 'function' ? queue.prototype : undefined;
  const arm: unknown = typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, METHOD) : undefined;
  if (typeof prototype !== 'object' || prototype === null || typeof arm !== 'function') {
    throw new TypeError('kafkajs is not built as we know it; is it version 2.2.4?');
  }
  Reflect.set(prototype, METHOD, function (this: object): void {
    const pending: unknown = Reflect.get(this, 'pending');
    if (Array.isArray(pending) && pending.length > 0) Reflect.apply(arm, this, []);
  });
};

const METHOD = 'scheduleCheckPendingRequests';
armTimersOnlyWhenRequestsWait();
