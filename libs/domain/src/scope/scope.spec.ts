import { allowsRequest, anyScopeCovers, isSubsetOf, parseScope, printScope } from './scope';

const parsed = (...texts: readonly string[]) => texts.flatMap((text) => parseScope(text) ?? []);

describe('scope', () => {
  it.each(['openai:gpt-5:invoke', '*:*:*', 'openai:*:list', 'a:models/gpt-5.1@eu+x_y-z:b'])('%s is one', (text) => {
    const [scope] = parsed(text);
    expect(scope && printScope(scope)).toBe(text);
  });

  it.each(['', 'a', 'a:b', 'a:b:c:d', 'a::c', ':b:c', 'a:b:', ' a:b:c', 'a:b:c ', 'a:b:c\n', 'a:b*:c', 'a:**:c'])(
    '%j is none',
    (text) => expect(parseScope(text)).toBeUndefined(),
  );

  it.each(['a:../b:c', 'a:b/../c:d', 'a:%2e%2e:c', 'a:b\u0000:c', 'a:\ud800:c', `a:${'x'.repeat(129)}:c`, 'a:.b:c'])(
    'what could be read as something else by somebody else is none (%#)',
    (text) => expect(parseScope(text)).toBeUndefined(),
  );

  it('a request with a wildcard is covered by nothing, because it is no request', () => {
    expect(allowsRequest(parsed('*:*:*'), { service: 'a', resource: '*', action: 'c' })).toBe(false);
    expect(allowsRequest(parsed('*:*:*'), { service: 'a', resource: 'b', action: 'c' })).toBe(true);
  });

  it('compares names byte by byte', () => {
    expect(anyScopeCovers(parsed('openai:gpt:invoke'), { service: 'OpenAI', resource: 'gpt', action: 'invoke' })).toBe(
      false,
    );
  });

  it('no names make up a wildcard: two of them are narrower than all', () => {
    expect(isSubsetOf(parsed('a:b:*'), parsed('a:b:read', 'a:b:write'))).toBe(false);
    expect(isSubsetOf(parsed('a:b:read', 'a:b:write'), parsed('a:b:*'))).toBe(true);
  });

  it('nothing is within everything, and everything is not within nothing', () => {
    expect(isSubsetOf([], parsed('a:b:c'))).toBe(true);
    expect(isSubsetOf(parsed('a:b:c'), [])).toBe(false);
  });
});
