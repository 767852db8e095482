import { ERROR_CODES, type ErrorCode } from '@openclaw/contracts';
import { ApiError } from './api-error';
import { oauthError, tokenForm } from './oauth';

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

describe('a form of OAuth', () => {
  it('has one token; what else stands in it is ignored', () => {
    expect(tokenForm({ headers: FORM, body: { token: 'a', token_type_hint: ['x', 'y'], other: '1' } })).toBe('a');
  });

  it.each([{}, { token: '' }, { token: ['a', 'b'] }, { token: { a: 'b' } }, { token: 'x'.repeat(4097) }, undefined])(
    'is refused: %j',
    (body) => expect(() => tokenForm({ headers: FORM, body })).toThrow(ApiError),
  );

  it('is a form and nothing else', () => {
    for (const type of ['application/json', 'text/plain', '', 'application/x-www-form-urlencodedX']) {
      expect(() => tokenForm({ headers: { 'content-type': type }, body: { token: 'a' } })).toThrow(ApiError);
    }
  });
});

describe('an error of OAuth', () => {
  const codes = Object.keys(ERROR_CODES) as ErrorCode[];

  it('is 503 with when to come back exactly when a repetition may succeed', () => {
    for (const code of codes) {
      const { status, headers } = oauthError(new ApiError(code));
      expect([code, status === 503, headers['Retry-After'] !== undefined]).toEqual([
        code,
        ERROR_CODES[code].retriable,
        ERROR_CODES[code].retriable,
      ]);
    }
  });

  it('has a word of RFC 6749 for every code', () => {
    const words = ['invalid_request', 'invalid_client', 'temporarily_unavailable', 'server_error'];
    for (const code of codes) expect(words).toContain((oauthError(new ApiError(code)).body as { error: string }).error);
  });
});
