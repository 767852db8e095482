import { parseTimeout } from './timeout.parser';

describe('grpc-timeout', () => {
  it.each([['1H', 3_600_000], ['2M', 120_000], ['3S', 3000], ['4m', 4], ['5000u', 5], ['99999999n', 99.999999]])(
    '%s is so many milliseconds', (text, ms) => expect(parseTimeout(text)).toBeCloseTo(ms),
  ); // prettier-ignore

  it.each(['', '1', 'S', '123456789S', '-1S', '1 S', '1s', '1.5S'])('"%s" is none', (text) => {
    expect(parseTimeout(text)).toBeUndefined();
  });
});
