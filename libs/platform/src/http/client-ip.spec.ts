import { clientIp, forwardedIp, trustedProxies } from './client-ip';

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

describe('the address of a gRPC caller', () => {
  const PROXIES = ['10.0.0.0/8', '2001:db8::/32'];

  it.each([
    ['203.0.113.9:51234', undefined, '203.0.113.9'],
    ['::1:51234', undefined, '::1'],
    ['::ffff:203.0.113.9:51234', undefined, '203.0.113.9'],
    ['unknown', undefined, undefined],
  ])('%s is that of the connection', (peer, told, is) => expect(forwardedIp(peer, told, [])).toBe(is));

  it.each([
    ['a trusted proxy is believed', '10.0.0.1:5', '203.0.113.9', '203.0.113.9'],
    ['also over a chain of them', '10.0.0.1:5', '203.0.113.9, 2001:db8::7, 10.2.3.4', '203.0.113.9'],
    ['and no hop before the first stranger', '10.0.0.1:5', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['a stranger is not', '203.0.113.5:5', '198.51.100.1', '203.0.113.5'],
    ['nor is what is no address', '10.0.0.1:5', '198.51.100.1, <script>', '10.0.0.1'],
    ['nor nothing', '10.0.0.1:5', '', '10.0.0.1'],
  ])('%s', (_, peer, told, is) => expect(forwardedIp(peer, told, PROXIES)).toBe(is));
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
