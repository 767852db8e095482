import { bearerCredentials, bearerRefusal, cannotKnow, refusalBody, refusalHeaders } from './bearer';

describe('an Authorization header', () => {
  it.each([
    ['Bearer ocpc_x', { kind: 'code', code: 'ocpc_x' }],
    ['bearer a.b~c+d/e==', { kind: 'code', code: 'a.b~c+d/e==' }],
    ['Bearer', { kind: 'malformed' }],
    ['Bearer ', { kind: 'malformed' }],
    ['Bearer a b', { kind: 'malformed' }],
    ['Bearer a,Bearer b', { kind: 'malformed' }],
    [`Bearer ${'a'.repeat(1025)}`, { kind: 'malformed' }],
    ['Bearer a\u00e9', { kind: 'malformed' }],
    ['Basic YTpi', { kind: 'none' }],
    ['Bearerx', { kind: 'none' }],
    [undefined, { kind: 'none' }],
  ])('%j', (header, read) => expect(bearerCredentials(header)).toEqual(read));
});

describe('a refusal', () => {
  it('asks to come back in whole seconds, never in none', () => {
    expect([0, 1, 1000, 1001].map((ms) => cannotKnow(ms).retryAfterSeconds)).toEqual([1, 1, 1, 2]);
    expect(refusalHeaders(bearerRefusal('DENIAL_REASON_RATE_LIMITED', 2500), { realm: 'r' })).toMatchObject({
      'retry-after': '3',
      'cache-control': 'no-store',
    });
  });

  it('says the needed scope and where the metadata is, and nothing that could end a quoted text', () => {
    const refusal = bearerRefusal('DENIAL_REASON_SCOPE_DENIED', 0);
    const headers = refusalHeaders(refusal, {
      realm: 'a"\\\r\nX: y',
      scope: 'a:b:c',
      resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
    });
    expect(headers['www-authenticate']).toBe(
      'Bearer realm="a????X: y", error="insufficient_scope", error_description="the code is not for this", ' +
        'scope="a:b:c", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
    );
  });

  it('of trouble of ours never speaks of a bad code', () => {
    const refusal = cannotKnow(100);
    expect(refusalHeaders(refusal, { realm: 'r' })['www-authenticate']).toBeUndefined();
    expect(refusalBody(refusal)).not.toContain('"error"');
  });
});
