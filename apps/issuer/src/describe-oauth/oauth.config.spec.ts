import { z } from 'zod';
import { oauthVariables } from './oauth.config';

const accepts = (url: string): boolean => z.object(oauthVariables).safeParse({ OPENCLAW_OAUTH_ISSUER: url }).success;

describe('an issuer identifier', () => {
  it.each(['https://openclaw.example.com', 'https://openclaw.example.com/tenant', 'http://127.0.0.1:7100'])(
    'may be %s',
    (url) => expect(accepts(url)).toBe(true),
  );

  it.each([
    'http://openclaw.example.com',
    'https://openclaw.example.com?a=b',
    'https://openclaw.example.com/#a',
    'https://user@openclaw.example.com',
    'openclaw.example.com',
    'https://openclaw.example.com /x',
  ])('is not %s', (url) => expect(accepts(url)).toBe(false));
});
