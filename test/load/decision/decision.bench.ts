import { createHmac, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type PlainCode, codeDigest, generateCode, secretOf } from '@openclaw/contracts';
import { type CodeSettings, milliseconds } from '@openclaw/domain';
import { InMemoryJournalServer, InMemoryJournalStore } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import { CodeIndex } from '../../../apps/validator/src/code-index/code-index';
import { FlatCodes } from '../../../apps/validator/src/code-index/flat-codes';
import { RedemptionLedger } from '../../../apps/validator/src/redemption/redemption-ledger';
import { CodeJudge } from '../../../apps/validator/src/validate-code/code-judge';
import { ValidatorStanding } from '../../../apps/validator/src/validate-code/standing';
import type { UseRequest } from '../../../apps/validator/src/validate-code/use-request';
import { LifecycleWriter, PEPPER } from '../../../apps/validator/testing/lifecycle-writer';
import type { BenchOptions } from '../bench-options';
import { codeIssued, masterKeyRegistered, sampleSettings } from '../code-index/sample-codes';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';

const SOURCE = 'docs/reference/benchmarks.md';
const bar = (what: string): Bar => ({ what: `ES256 / ${what}`, limit: 25, holds: 'at least', source: SOURCE });

const BOUND_MS = 10_000;
const LIMITED_CODES = 64;
const RATES = { perMinute: 1_000_000_000, perHour: 1_000_000_000, perDay: 1_000_000_000 };
const SESSION = { idleTimeoutMs: milliseconds(3_600_000), sessionLimitMs: milliseconds(86_400_000) };

/** What each kind of code is limited by; every kind has four scopes, four blocks, a beginning and an end. */
const KINDS: Readonly<Record<string, Partial<CodeSettings>>> = {
  'no limits': {},
  'rate, idle, session': { rateLimits: RATES, ...SESSION },
  'rate, idle, session, N uses': { rateLimits: RATES, ...SESSION, usesMax: 1_000_000 },
};

/**
 * One whole decision in process (form and hash of the code, lookup among many, lease, order of checks, the decision with
 * what is left), against one signature check as a token needs it. Codes with limits are decided by claims that are in
 * hand or made on the way; uses of codes with a budget are repeats of requests whose unit is claimed.
 */
export const decisionBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const bench = await Judging.open(quick ? 2_000 : 100_000);
  try {
    note(`nanoseconds, median of ${rounds} rounds (least to greatest); ${bench.size} codes`);
    const measured = new Map<string, number[]>();
    const times = quick ? QUICK : FULL;
    await measureOnce(bench, times); // compiles
    for (let round = 0; round < rounds; round += 1) {
      for (const [what, ns] of await measureOnce(bench, times)) measured.set(what, [...(measured.get(what) ?? []), ns]);
    }
    for (const [what, ns] of measured) note(`  ${what.padEnd(30)} ${shown(spreadOf(ns), 0)}`);
    const signature = measured.get(ES256) ?? [];
    const judged = Object.keys(KINDS).map((kind) => {
      const ratios = (measured.get(kind) ?? []).map((ns, round) => (signature[round] ?? Number.NaN) / ns);
      return { target: 'validator', bar: bar(kind), rounds: ratios };
    });
    return judgeBench('decision', judged);
  } finally {
    await bench.close();
  }
};

const ES256 = 'ES256';
/** Calls of each kind in a slice. A round is many slices, so that whatever else the machine does meets all kinds alike. */
const FULL = { slices: 20, signatures: 200, decisions: 5_000, hashes: 2_500 };
const QUICK = { slices: 1, signatures: 100, decisions: 5_000, hashes: 1_000 };

const measureOnce = async (bench: Judging, times: typeof FULL): Promise<ReadonlyMap<string, number>> => {
  const check = signatureCheck();
  const spent = new Map<string, number>();
  const add = (what: string, ns: number): void => void spent.set(what, (spent.get(what) ?? 0) + ns / times.slices);
  for (let slice = 0; slice < times.slices; slice += 1) {
    add(ES256, perCall(times.signatures, check));
    for (const kind of Object.keys(KINDS)) add(kind, await bench.decide(kind, times.decisions));
    add(
      'HMAC, two one-shot hashes',
      perCall(times.hashes, () => codeDigest(bench.code, PEPPER)),
    );
    add(
      'HMAC, createHmac',
      perCall(times.hashes, () => hmac(bench.code)),
    );
  }
  return spent;
};

const hmac = (code: PlainCode): string => createHmac('sha256', PEPPER.key).update(code, 'latin1').digest('hex');

/** As a verifier of JWTs with ES256 does it: SHA-256 of about 200 bytes, P-256, signature in IEEE P1363 form. */
const signatureCheck = (): (() => void) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signed = Buffer.from('x'.repeat(200));
  const signature = sign('sha256', signed, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return () => {
    if (!verify('sha256', signed, key, signature)) throw new Error('the signature is good');
  };
};

const perCall = (times: number, work: () => unknown): number => {
  const begunAtMs = performance.now();
  for (let i = 0; i < times; i += 1) work();
  return ((performance.now() - begunAtMs) * 1e6) / times;
};

/** The judge of a validator with a real lease and real claims, over an index of many codes. */
class Judging {
  private constructor(
    private readonly judge: CodeJudge,
    private readonly uses: ReadonlyMap<string, readonly UseRequest[]>,
    readonly size: number,
    readonly close: () => Promise<void>,
  ) {}

  get code(): PlainCode {
    return (this.uses.get('no limits')?.[0]?.code ?? '') as PlainCode;
  }

  static async open(codes: number): Promise<Judging> {
    const [state, uses] = indexOf(codes);
    const store = new InMemoryJournalStore(new InMemoryJournalServer());
    const issuer = await LifecycleWriter.open(store, BOUND_MS);
    const fresh = await openFreshLog(store, { source: 'validator-1', role: 'reader', boundMs: BOUND_MS });
    const log = new CodeIndex(fresh.log);
    await log.caughtUp(AbortSignal.timeout(10_000));
    const keeper = fresh.keepLease({ validator: 'validator-1', projection: log });
    const standing = new ValidatorStanding(keeper);
    await standing.firstLease(AbortSignal.timeout(10_000));
    const redemptions = new RedemptionLedger({
      store, partitions: 4, source: 'validator-1', claimTimeoutMs: 5_000, onHalt: (reason) => { throw reason; },
    }); // prettier-ignore
    const index = {
      applied: () => log.applied(),
      lookupDigest: (digest: string, pepperKeyId: string) => state.lookupDigest(digest, pepperKeyId),
    };
    const parts = { index, keeper, standing, redemptions, pepper: PEPPER, validator: 'validator-1' };
    return new Judging(new CodeJudge(parts), uses, state.size, async () => {
      keeper.close();
      await redemptions.close();
      await log.close();
      await fresh.close();
      await issuer.fresh.close();
      await store.close();
    });
  }

  /** Nanoseconds of one decision; each must be a yes. */
  async decide(kind: string, times: number): Promise<number> {
    const uses = this.uses.get(kind) ?? [];
    let spentMs = 0;
    // A step that shares no factor with the number of codes meets all of them, in an order that no cache foresees.
    for (let done = 0, at = 0; done < times; done += ARRIVING) {
      const arrived = Array.from({ length: ARRIVING }, () => {
        at = (at + 48_271) % uses.length;
        return asArrived(uses[at] ?? NO_USE);
      });
      const begunAtMs = performance.now();
      for (const use of arrived) {
        const judged = this.judge.decide(use);
        const { decision } = judged instanceof Promise ? await judged : judged;
        if (!decision.allowed) throw new Error(`${kind}: a use was refused as ${decision.reason}`);
      }
      spentMs += performance.now() - begunAtMs;
    }
    await new Promise((resolve) => setImmediate(resolve));
    return (spentMs * 1e6) / (Math.ceil(times / ARRIVING) * ARRIVING);
  }
}

/** Uses that are read off a wire before they are decided: the making of their texts is not part of a decision. */
const ARRIVING = 50;

/** One flat text, as it comes off a wire; what was put together in memory is a tree of pieces to the engine. */
const asArrived = (use: UseRequest): UseRequest => ({ ...use, code: Buffer.from(use.code).toString('latin1') });

const indexOf = (codes: number): readonly [FlatCodes, ReadonlyMap<string, readonly UseRequest[]>] => {
  const state = new FlatCodes();
  state.apply(masterKeyRegistered());
  const uses = new Map<string, UseRequest[]>();
  let n = 1;
  for (const [kind, changes] of Object.entries(KINDS)) {
    const count = kind === 'no limits' ? codes : LIMITED_CODES;
    const its: UseRequest[] = [];
    for (let i = 0; i < count; i += 1, n += 1) {
      const code = generateCode();
      state.apply(codeIssued(n, secretOf(code, PEPPER), sampleSettings(n, changes)));
      its.push(useOf(code, n));
    }
    uses.set(kind, its);
  }
  return [state, uses];
};

const useOf = (code: string, n: number): UseRequest => ({
  code,
  scope: { service: 'openai', resource: 'gpt-4o-mini', action: 'chat' },
  sourceIp: '10.1.2.3',
  endpoint: 'POST /v1/chat/completions',
  requestId: `request-${n}`,
  claimId: `gateway:request-${n}`,
  traceparent: '',
});

const NO_USE = useOf('', 0);
