import { setTimeout as pause } from 'node:timers/promises';
import { generateCode } from '@openclaw/contracts';
import { ValidatorClient } from '../../demo/clients';
import type { SeededRandom } from '../seeded-random';
import type { ServiceBed } from '../service/service-bed';
import { nearMiss, withTypo } from './guesses';
import { T_MAX, welchT } from './welch';

const AT_ONCE = 32;
const SHORTEST_MS = 1000;

interface Presented {
  /** Why it is refused. A stranger may not know that. */
  readonly reason: string;
  readonly code: string;
}

/** A code for every reason that a stranger may not know: never issued, or issued and at its end. */
const refusedCodes = async (bed: ServiceBed, random: SeededRandom): Promise<readonly [Presented, ...Presented[]]> => {
  const [living, revoked, suspended, expired, notYet, idle, ended] = await Promise.all([
    bed.issue(),
    bed.issue(),
    bed.issue(),
    bed.issue({ expiresInSeconds: 1 }),
    bed.issue({ notBefore: new Date(Date.now() + 3_600_000).toISOString() }),
    bed.issue({ idleTimeoutSeconds: 1 }),
    bed.issue({ sessionLimitSeconds: 1 }),
  ]);
  await bed.revoke(revoked);
  await bed.call('POST', `/v1/codes/${suspended.codeId}/suspend`, { reason: 'chaos' });
  return [
    { reason: 'unknown', code: generateCode() },
    { reason: 'near miss', code: nearMiss(living.code, random) },
    { reason: 'malformed', code: withTypo(living.code) },
    { reason: 'revoked', code: revoked.code },
    { reason: 'suspended', code: suspended.code },
    { reason: 'expired', code: expired.code },
    { reason: 'not yet valid', code: notYet.code },
    { reason: 'idle', code: idle.code },
    { reason: 'session ended', code: ended.code },
  ];
};

export interface Telling {
  /** Largest |t| of any reason against all the others together, and which it was. */
  readonly worstT: number;
  readonly report: string;
  readonly violations: readonly string[];
}

/** I11: presents codes of all reasons, interleaved at random, as a stranger; compares what he gets, and when. */
export const listenForReasons = async (
  bed: ServiceBed,
  validator: string,
  { random, samples }: { readonly random: SeededRandom; readonly samples: number },
): Promise<Telling> => {
  const presented = await refusedCodes(bed, random);
  const client = new ValidatorClient({ validator }, bed.tokens.service);
  // The first use begins the session and the idle time; then both are left to end.
  for (const { code } of presented) await client.validate({ code });
  await pause(SHORTEST_MS + 200);
  const times = new Map<string, number[]>(presented.map(({ reason }) => [reason, []]));
  const forms = new Map<string, string>();
  const listen = async (): Promise<void> => {
    while (taken++ < samples) {
      const { reason, code } = random.pick(presented);
      const sentMs = performance.now();
      const { verdict, decision } = await client.validate({ code });
      times.get(reason)?.push(performance.now() - sentMs);
      // What differs with the time of the call, and not with the reason, is left out.
      forms.set(JSON.stringify({ verdict, ...decision, position: '', freshnessAgeMs: 0 }), reason);
    }
  };
  let taken = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, listen));
  client.close();
  return judge(times, forms);
};

const judge = (times: ReadonlyMap<string, readonly number[]>, forms: ReadonlyMap<string, string>): Telling => {
  const violations: string[] = [];
  if (forms.size > 1) violations.push(`I11: ${forms.size} different answers: ${[...forms.keys()].join(' ')}`);
  const judged = [...times].map(([reason, samples]) => {
    const others = [...times].flatMap(([other, its]) => (other === reason ? [] : its));
    return { reason, t: welchT(samples, others) };
  });
  for (const { reason, t } of judged) {
    if (!(Math.abs(t) < T_MAX))
      violations.push(`I11: "${reason}" is told from the others by its time: t = ${t.toFixed(1)}`);
  }
  const report = judged.map(({ reason, t }) => `${reason} ${t.toFixed(2)}`).join(', ');
  return { worstT: Math.max(...judged.map(({ t }) => Math.abs(t))), report: `Welch's t: ${report}`, violations };
};
