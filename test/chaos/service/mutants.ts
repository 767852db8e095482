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
const NOTHING_MISSING = 'if (missing === undefined) {';
const FOLD_CLAIM = 'const { state } = this.#taken.get(stream.id) ?? NOTHING_TAKEN;';
const REPOSITORY = 'platform/dist/commands/aggregate-repository.js';
const LOST = 'if (!isWon)';
const CLAIM = "claim: terminal ? 'terminal' : loaded.revision + 1";
const HOLDS = 'now.monotonicMs < lease.endsAtMs && !(0, exports.ranAhead)(lease.provenAt, now)';
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
      from: NOTHING_MISSING,
      to: `if (missing?.type === 'CodeRedeemed')
                void this.parts.redemptions.claim(taken, missing, signal).catch(() => undefined);
            if (missing !== 'reservation') {`,
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
    { file: CLAIMED_USES, from: LOST, to: `if (isWon && missing !== 'reservation') return judged;\n${LOST}` },
  ],
  'revoke with a claimed revision': [{ file: REPOSITORY, from: CLAIM, to: 'claim: loaded.revision + 1' }],
};
