import { HeaderDecoder } from './header-decoder';
import { encodeHeaders } from './encode-headers';

const decoder = (tableSize = 4096, listSizeMax = 16_384): HeaderDecoder =>
  new HeaderDecoder({ tableSize, listSizeMax });
const decoded = (its: HeaderDecoder, hex: string): readonly string[] => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  return its.decode(bytes, 0, bytes.length);
};
const BASE = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'www.example.com'];

describe('header blocks', () => {
  it('of RFC 7541 appendix C.3 are read, plain and with a growing table', () => {
    const its = decoder();
    expect(decoded(its, '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d')).toEqual(BASE);
    expect(decoded(its, '8286 84be 5808 6e6f 2d63 6163 6865')).toEqual([...BASE, 'cache-control', 'no-cache']);
    expect(decoded(its, '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65')).toEqual([
      ':method', 'GET', ':scheme', 'https', ':path', '/index.html', ':authority', 'www.example.com',
      'custom-key', 'custom-value',
    ]); // prettier-ignore
  });

  it('of RFC 7541 appendix C.4 are read, in Huffman code', () => {
    const its = decoder();
    expect(decoded(its, '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')).toEqual(BASE);
    expect(decoded(its, '8286 84be 5886 a8eb 1064 9cbf')).toEqual([...BASE, 'cache-control', 'no-cache']);
    expect(decoded(its, '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf').slice(-2)).toEqual([
      'custom-key',
      'custom-value',
    ]);
  });

  it('of RFC 7541 appendix C.6 are read: entries leave a small table as newer ones need their room', () => {
    const its = decoder(256);
    const first = decoded(
      its,
      '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
    );
    expect(first).toEqual([
      ':status', '302', 'cache-control', 'private', 'date', 'Mon, 21 Oct 2013 20:13:21 GMT', 'location', 'https://www.example.com',
    ]); // prettier-ignore
    expect(decoded(its, '4883 640e ffc1 c0bf').slice(0, 2)).toEqual([':status', '307']);
    const third = decoded(
      its,
      '88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07',
    );
    expect(third.slice(-2)).toEqual(['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1']);
  });

  it.each([
    ['a field that was never sent', 'be'], ['field 0', '80'], ['a number without an end', 'ffffffffffff'],
    ['a text that is cut off', '0085'], ['a name alone', '000161'], ['padding of zeros', '0001618100'],
    ['the end of string as a symbol', '00016184ffffffff'], ['more than seven bits of padding', '0001618207ff'],
    ['a larger table than allowed', '3fe17f'], ['a table resized behind a field', '8220'],
  ])('are refused with %s', (_, hex) => {
    expect(() => decoded(decoder(), hex)).toThrow(expect.objectContaining({ name: 'BadHeaderBlock' }) as Error);
  }); // prettier-ignore

  it('are refused when their list is longer than allowed, however few bytes say it', () => {
    const its = decoder();
    const name = encodeHeaders([['x', 'y'.repeat(3900)]]);
    name[0] = 0x40; // into the table
    const bomb = Buffer.concat([name, Buffer.alloc(100, 0xbe)]);
    expect(() => its.decode(bomb, 0, bomb.length)).toThrow('longer header list');
  });

  it('that repeat the one before give the same list, and another one when the table has changed', () => {
    const its = decoder();
    const [grows, repeats] = ['8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d', '8286 84be'];
    decoded(its, grows);
    const first = decoded(its, repeats);
    expect(decoded(its, repeats)).toBe(first);
    decoded(its, '4001 6101 62'); // a: b is the newest entry now
    expect(decoded(its, repeats).slice(-2)).toEqual(['a', 'b']);
  });
});
