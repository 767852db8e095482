import { SECRET_BYTES_MAX, SecretValue } from './secret-value';

describe('a secret value', () => {
  it('refuses what no store could give back, without quoting it', () => {
    for (const bad of ['', 'x'.repeat(SECRET_BYTES_MAX + 1), 'ä'.repeat(SECRET_BYTES_MAX / 2 + 1), 'marker\ud800']) {
      const attempt = (): SecretValue => new SecretValue(bad);
      expect(attempt).toThrow(RangeError);
      expect(attempt).not.toThrow(/marker|xxx|ää/);
    }
  });

  it('survives no copy: spreading, cloning and listing its properties show nothing', () => {
    const secret = new SecretValue('marker');
    expect({ ...secret }).toEqual({});
    expect(Object.getOwnPropertyNames(secret)).toEqual([]);
    expect(JSON.stringify(structuredClone({ ...secret }))).toBe('{}');
    expect(secret.reveal()).toBe('marker');
  });
});
