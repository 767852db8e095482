import { CHECK_ORDER, type DenialReason, strangerReason } from '@openclaw/domain';
import type { Decision } from './decision';
import { QuietRefusals } from './quiet-refusals';

const STRANGER = { name: 'gateway', auditor: false };
const AUDITOR = { name: 'soc', auditor: true };
const decision = (reason: DenialReason | undefined): Decision => ({
  allowed: reason === undefined,
  reason,
  code: undefined,
  logId: '',
  position: 0 as Decision['position'],
  decidedAtMs: 0,
  freshnessAgeMs: 0,
  remainingUses: undefined,
  remainingRate: undefined,
  rateResetsAtMs: undefined,
  retryAfterMs: undefined,
});

describe('refusals that must tell nothing by their time', () => {
  it('holds every refusal that a stranger sees as an invalid code, and nothing else', () => {
    const quiet = new QuietRefusals();
    const begunAtMs = performance.now();
    for (const reason of CHECK_ORDER) {
      const isHeld = quiet.hold(decision(reason), STRANGER, begunAtMs) !== undefined;
      expect([reason, isHeld]).toEqual([reason, strangerReason(reason) === 'invalid_code']);
      expect(quiet.hold(decision(reason), AUDITOR, begunAtMs)).toBeUndefined();
    }
    expect(quiet.hold(decision(undefined), STRANGER, begunAtMs)).toBeUndefined();
  });

  it('lets what came together leave together, however long the work took, in the order it came', async () => {
    const quiet = new QuietRefusals();
    const begunAtMs = performance.now();
    const left: string[] = [];
    const quick = quiet.hold(decision('unknown_code'), STRANGER, begunAtMs)?.then(() => left.push('quick'));
    await new Promise((done) => setTimeout(done, 3));
    const slow = quiet.hold(decision('revoked'), STRANGER, begunAtMs)?.then(() => left.push('slow'));
    expect(left).toEqual([]);
    await Promise.race([quick, slow]);
    await Promise.resolve();
    expect(left).toEqual(['quick', 'slow']);
    expect(performance.now() - begunAtMs).toBeGreaterThanOrEqual(20);
  });

  it('lets a refusal go whose work took longer than all are held', async () => {
    await new QuietRefusals().hold(decision('revoked'), STRANGER, performance.now() - 1000);
  });
});
