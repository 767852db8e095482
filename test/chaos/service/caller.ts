import { status } from '@grpc/grpc-js';
import { ValidatorClient } from '../../demo/clients';
import { orderOf, stopAsked, tell } from '../workload/child';
import { hostMs } from '../workload/history';
import type { CallerOrder } from './caller.protocol';

/** Longer than any pause or cut of an experiment: what comes later than that has hung. */
const DEADLINE_MS = 15_000;

const order = orderOf<CallerOrder>();
const clients = order.validators.map((validator) => new ValidatorClient({ validator }, order.token));
const open = new Set<Promise<void>>();
let turn = 0;

const use = async (validator: number, code: number, requestId: string): Promise<void> => {
  const [client, presented] = [clients[validator], order.codes[code]];
  if (client === undefined || presented === undefined) throw new RangeError('nothing to ask');
  const sentAtMs = hostMs();
  const { verdict } = await client.validate({ code: presented, requestId, deadlineMs: DEADLINE_MS });
  tell({ validator, code, requestId, sentAtMs, answeredAtMs: hostMs(), verdict: kindOf(verdict) });
};

const kindOf = (verdict: string): string => {
  if (verdict === 'DENIAL_REASON_REVOKED') return 'deny';
  return verdict.startsWith(`${status.UNAVAILABLE} `) ? 'unavailable' : verdict;
};

/** A service that asks validators about codes, steadily, as a process of its own: it stands where they stand. */
const main = async (): Promise<void> => {
  const traffic = setInterval(() => {
    const code = turn % order.codes.length;
    turn += 1;
    for (const validator of clients.keys()) {
      const asked: Promise<void> = use(validator, code, `${validator}-${turn}`).finally(() => open.delete(asked));
      open.add(asked);
    }
  }, order.everyMs);
  const stop = stopAsked();
  await new Promise((resolve) => stop.addEventListener('abort', resolve));
  clearInterval(traffic);
  await Promise.all(open);
  for (const client of clients) client.close();
};

void main();
