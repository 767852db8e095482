import fc from 'fast-check';
import { scope, scopeRequest, scopes } from '../../testing';
import { type Scope, anyScopeCovers, isSubsetOf, parseScope, printScope } from './scope';

/** Every request over the names of the arbitraries, and over one name that no scope has. */
const NAMES = ['a', 'b', 'c', 'fresh'];
const REQUESTS = NAMES.flatMap((service) =>
  NAMES.flatMap((resource) => NAMES.map((action): Scope => ({ service, resource, action }))),
);
const meaning = (its: readonly Scope[]): string =>
  REQUESTS.map((request) => (anyScopeCovers(its, request) ? '1' : '0')).join('');

describe('laws of scopes', () => {
  it('isSubsetOf is reflexive', () => {
    fc.assert(fc.property(scopes, (a) => isSubsetOf(a, a)));
  });

  it('isSubsetOf is transitive', () => {
    fc.assert(
      fc.property(scopes, scopes, scopes, (a, b, c) => !isSubsetOf(a, b) || !isSubsetOf(b, c) || isSubsetOf(a, c)),
      { numRuns: 2000 },
    );
  });

  it('isSubsetOf is antisymmetric: what lies within each other means the same', () => {
    fc.assert(
      fc.property(scopes, scopes, (a, b) => {
        if (isSubsetOf(a, b) && isSubsetOf(b, a)) expect(meaning(a)).toBe(meaning(b));
      }),
      { numRuns: 2000 },
    );
  });

  it('isSubsetOf says yes exactly when every request that is covered inside is covered outside', () => {
    fc.assert(
      fc.property(scopes, scopes, (inner, outer) => {
        const everyRequest = REQUESTS.every(
          (request) => !anyScopeCovers(inner, request) || anyScopeCovers(outer, request),
        );
        expect(isSubsetOf(inner, outer)).toBe(everyRequest);
      }),
      { numRuns: 2000 },
    );
  });

  it('a request is covered exactly when it is a subset', () => {
    fc.assert(
      fc.property(scopes, scopeRequest, (its, asked) => anyScopeCovers(its, asked) === isSubsetOf([asked], its)),
    );
  });

  it('one more scope never takes anything away', () => {
    fc.assert(fc.property(scopes, scope, (its, more) => isSubsetOf(its, [...its, more])));
  });

  it('print and parse are inverse', () => {
    fc.assert(fc.property(scope, (its) => expect(parseScope(printScope(its))).toEqual(its)));
  });

  it('parse is total, and what it accepts prints as it was', () => {
    const almost = fc.stringMatching(/^[a:*./ \u0000-]{0,12}$/);
    fc.assert(
      fc.property(fc.oneof(almost, fc.string({ unit: 'binary' })), (text) => {
        const parsed = parseScope(text);
        if (parsed !== undefined) expect(printScope(parsed)).toBe(text);
      }),
    );
  });
});
