import { clientIp, trustedProxies } from './client-ip';

const from = (ip: string | undefined, remoteAddress: string | undefined = '10.0.0.1') =>
  clientIp({ ip, socket: remoteAddress === undefined ? {} : { remoteAddress } });

describe('the address of a caller', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8::7', '2001:db8::7'],
    ['203.0.113.9:51234', '203.0.113.9'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
  ])('%s is %s', (told, is) => expect(from(told)).toBe(is));

  it.each(['', 'unknown', '<script>', '203.0.113.999', '203.0.113.9\n10.0.0.1', '1'.repeat(500)])(
    'is that of the connection when a proxy says %j',
    (told) => expect(from(told)).toBe('10.0.0.1'),
  );

  it('is unknown when the connection is gone', () => {
    expect(clientIp({ ip: undefined, socket: {} })).toBeUndefined();
  });
});

describe('trusted proxies', () => {
  it('are nobody by default', () => expect(trustedProxies.parse(undefined)).toEqual([]));
  it('are addresses and blocks', () =>
    expect(trustedProxies.parse('10.0.0.0/8, 127.0.0.1,2001:db8::/32')).toEqual([
      '10.0.0.0/8', '127.0.0.1', '2001:db8::/32',
    ])); // prettier-ignore
  it.each(['true', '1', 'loopback', '10.0.0.1/8', '10.0.0.0/8,nonsense', 'example.com'])('are not %j', (text) => {
    const refused = trustedProxies.safeParse(text);
    expect(refused.success).toBe(false);
  });
});
