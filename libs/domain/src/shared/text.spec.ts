import { lineFault, utf8Bytes } from './text';

describe('a line of text', () => {
  it.each(['', 'nightly build', 'Zürich – 北京', '👩‍🚀 e\u0301'])('%j is fine', (text) =>
    expect(lineFault(text, 200)).toBeUndefined(),
  );

  it.each(['\u0000', 'a\nb', '\u001b[31m', '\u007f', '\u0085', '\ud800', 'a\udc00'])('%j is none (%#)', (text) =>
    expect(lineFault(text, 200)).toBeDefined(),
  );

  it('has a length that is counted in characters of the program', () => {
    expect(lineFault('x'.repeat(200), 200)).toBeUndefined();
    expect(lineFault('x'.repeat(201), 200)).toContain('200');
  });

  it.each(['', 'a', 'ü', '北', '👩‍🚀', 'a\u0000ü北🚀'])('%j has as many bytes as its UTF-8', (text) =>
    expect(utf8Bytes(text)).toBe(Buffer.byteLength(text)),
  );
});
