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

  it('lets what came together leave together, in the order it came, however long the work took', async () => {
    const quiet = new QuietRefusals();
    const tickMs = 5 * Math.floor(performance.now() / 5);
    const left: string[] = [];
    // What came second was decided first: nothing had to be recorded for it.
    const second = quiet.hold(decision('unknown_code'), STRANGER, tickMs - 1)?.then(() => left.push('second'));
    const first = quiet.hold(decision('revoked'), STRANGER, tickMs - 2)?.then(() => left.push('first'));
    expect(left).toEqual([]);
    await Promise.all([first, second]);
    expect(left).toEqual(['first', 'second']);
    expect(performance.now() - tickMs).toBeGreaterThanOrEqual(20);
  });

  it('lets a refusal go whose work took longer than all are held', async () => {
    await new QuietRefusals().hold(decision('revoked'), STRANGER, performance.now() - 1000);
  });
});
