import { usageSummary } from './usage.view';

describe('the summary of usage', () => {
  it('counts each decision once in each view', () => {
    const [ten, eleven] = [new Date('2026-01-01T10:00:00Z'), new Date('2026-01-01T11:00:00Z')];
    const summary = usageSummary([
      { outcome: 'allowed', reason: null, hour: ten, count: 3 },
      { outcome: 'denied', reason: 'ip_denied', hour: ten, count: 2 },
      { outcome: 'denied', reason: 'expired', hour: eleven, count: 17 },
    ]);
    expect(summary).toEqual({
      byOutcome: { allowed: 3, denied: 19 },
      byReason: { ip_denied: 2, expired: 17 },
      byHour: [
        { hour: ten.toISOString(), allowed: 3, denied: 2 },
        { hour: eleven.toISOString(), denied: 17 },
      ],
    });
  });
});
