import { csvRecord } from './csv';

describe('a CSV record', () => {
  it('is as RFC 4180 says', () => {
    expect(csvRecord(['a', 1, true, null, 'b,c', 'say "no"', 'two\r\nlines'])).toBe(
      'a,1,true,,"b,c","say ""no""","two\r\nlines"\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'])('holds no formula: %j', (text) => {
    expect(csvRecord([text])).toMatch(/^"?'/);
  });

  it('leaves numbers alone, negative ones, too', () => {
    expect(csvRecord([-5, 'five'])).toBe('-5,five\r\n');
  });
});
