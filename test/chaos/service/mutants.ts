/** One change to the compiled product: in the file that ends so, this text, which must be there once, becomes that. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const LEASE = 'freshness/dist/lease.js';
const KEEPER = 'freshness/dist/lease-keeper.js';
const OPEN_LOG = 'freshness/dist/open-fresh-log.js';
const CLAIMED_USES = 'validator/dist/validate-code/claimed-uses.js';
const CLAIMS = 'validator/dist/redemption/redemption-partition.js';
const MISSING = 'if (missing !== undefined)';
const FOLD_CLAIM = 'const { state } = this.#taken.get(stream.id) ?? NOTHING_TAKEN;';
const REPOSITORY = 'platform/dist/commands/aggregate-repository.js';
const CLAIMED = 'else if (!(await this.#claim(judged, facts, signal)))';
const CLAIM = "claim: terminal ? 'terminal' : loaded.revision + 1";
const QUIET = 'validator/dist/validate-code/quiet-refusals.js';
const STRANGERS = "(0, domain_1.strangerReason)(reason) !== 'invalid_code'";
const REFUSALS = 'validator/dist/usage/refusal-counter.js';
const COUNT = 'count(sourceIp, { reason, decidedAtMs, logId, position }) {';
const ALERTS = 'anomaly/dist/raise-alert/alert-log.js';
const FINDING = 'anomaly/dist/raise-alert/alert-finding.js';
const IS_KNOWN = 'if (this.#isKnown(alert, (0, domain_1.quietTime)(rules, alert.rule)))';
const MADE_OF = '[alert.rule, alert.entity,';
const EVALUATE = 'domain/dist/validation/evaluate.js';
const SECRET_ENDED = '(code.secretEndsAt !== null && now >= code.secretEndsAt)';
const DECIDE = 'domain/dist/pairing-code/decide.js';
const GRACE = 'const graceUntil = (0, time_1.after)(meta.now, graceMs);';
const REQUEST = 'validator/dist/validate-code/use-request.js';
const READ = 'const { code, service, resource, action, sourceIp, requestId, traceparent } = message;';
const HOLDS = 'now.monotonicMs < lease.endsAtMs && !(0, exports.ranAhead)(lease.provenAt, now)';
const READ_BACK = 'this.#readBack = [...this.#readBack, sentAt]';
const STILL_FRESH = 'stillFresh(captured) {';

/** Mutant -> what makes it of the product: exactly one rule broken. */
export const MUTANTS: Readonly<Record<string, readonly Edit[]>> = {
  'no lease: memory is trusted': [{ file: LEASE, from: HOLDS, to: 'true' }],
  'no second look': [{ file: KEEPER, from: STILL_FRESH, to: `${STILL_FRESH} return true;` }],
  'second look at a newer lease': [
    { file: KEEPER, from: STILL_FRESH, to: `${STILL_FRESH} return this.capture() !== undefined;` },
  ],
  'lease by the wall clock': [
    {
      file: LEASE,
      from: HOLDS,
      to: 'now.wallMs < lease.provenAt.wallMs + lease.endsAtMs - lease.provenAt.monotonicMs',
    },
  ],
  'lease counted from the read-back': [
    {
      file: KEEPER,
      from: READ_BACK,
      to: 'this.#readBack = [...this.#readBack, (0, time_port_1.momentAtLook)(this.time)]',
    },
  ],
  'lease from a fetch': [
    // "The store says that there is nothing newer": what a leader that was cut off goes on saying.
    {
      file: OPEN_LOG,
      from: 'this.#leases.add(keeper);',
      to: `this.#leases.add(keeper);
        let lease;
        setInterval(async () => {
          const provenAt = { monotonicMs: time.monotonic.nowMs(), wallMs: time.wall.nowMs() };
          const { next } = await globalThis.lifecycle.bounds(AbortSignal.timeout(1000)).catch(() => ({}));
          if (this.log.head().position >= next - 1)
            lease = { provenAt, endsAtMs: provenAt.monotonicMs + boundMs, generation: 0 };
        }, boundMs / 5);
        keeper.capture = () => (lease !== undefined && time.monotonic.nowMs() < lease.endsAtMs ? lease : undefined);
        keeper.stillFresh = (captured) => time.monotonic.nowMs() < captured.endsAtMs;`,
    },
    {
      file: OPEN_LOG,
      from: 'const journal = await store.open(lifecycleTopic);',
      to: 'const journal = (globalThis.lifecycle = await store.open(lifecycleTopic));',
    },
  ],
  'check, then mark': [
    {
      file: CLAIMED_USES,
      from: MISSING,
      to: `if (missing?.type === 'CodeRedeemed')
            void this.parts.redemptions.claim(taken, missing, AbortSignal.timeout(CLAIM_WAIT_MS)).catch(() => undefined);
        else ${MISSING}`,
    },
  ],
  'limits counted per replica': [
    {
      file: CLAIMS,
      from: FOLD_CLAIM,
      to: `${FOLD_CLAIM}
        if (decoded.event.type === 'UsesReserved' && decoded.event.data.validator !== this.source) {
            this.#taken.set(stream.id, { state, revision: recorded.revision });
            return;
        }`,
    },
  ],
  'claim not judged again': [
    {
      file: CLAIMED_USES,
      from: CLAIMED,
      to: `else if (await this.#claim(judged, facts, signal)) {
                if (judged !== 'reservation')
                    return (0, judge_1.judge)(use, facts.looked, own.used(taken.state, use.claimId));
            } else`,
    },
  ],
  'revoke with a claimed revision': [{ file: REPOSITORY, from: CLAIM, to: 'claim: loaded.revision + 1' }],
  'unknown codes are answered at once': [
    { file: QUIET, from: STRANGERS, to: `${STRANGERS} || reason === 'unknown_code'` },
  ],
  'every refusal is recorded': [{ file: REFUSALS, from: COUNT, to: `${COUNT} return false;` }],
  'an incident is forgotten at a restart': [
    { file: ALERTS, from: IS_KNOWN, to: 'if (false)' },
    { file: FINDING, from: MADE_OF, to: `${MADE_OF} String(process.pid),` },
  ],
  'old secret kept after grace': [{ file: EVALUATE, from: SECRET_ENDED, to: 'false' }],
  'old secret dropped at once': [{ file: DECIDE, from: GRACE, to: 'const graceUntil = meta.now;' }],
  'codes are kept in memory': [{ file: REQUEST, from: READ, to: `${READ} (globalThis.kept ??= []).push(code);` }],
};
