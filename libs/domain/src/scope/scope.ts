/**
 * A scope is `service:resource:action`, each part a name or the wildcard `*` for any name. A set of scopes allows what
 * any of them covers. Names are compared byte by byte; case matters.
 */
export interface Scope {
  readonly service: string;
  readonly resource: string;
  readonly action: string;
}

/** What a request asks for; the same three parts without wildcards. */
export type ScopeRequest = Scope;

const PART_MAX = 128;
/** Letters, digits and `. _ - / @ +`; a colon would start the next part, a star is the wildcard. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._\-/@+]*$/;
/** Is this a name that may stand in a scope? A wildcard is none. */
export const isScopeName = (part: string): boolean =>
  part.length <= PART_MAX && NAME.test(part) && !part.includes('..');

/** Parses a scope; undefined when it is not one. */
export const parseScope = (text: string): Scope | undefined => {
  const [service, resource, action, ...rest] = text.split(':', 4);
  if (service === undefined || resource === undefined || action === undefined || rest.length > 0) return undefined;
  return [service, resource, action].every((part) => part === '*' || isScopeName(part))
    ? { service, resource, action }
    : undefined;
};

export const printScope = ({ service, resource, action }: Scope): string => `${service}:${resource}:${action}`;

const partCovers = (allowed: string, asked: string): boolean => allowed === '*' || allowed === asked;

/** Does the scope allow the request (or, for a scope with wildcards, everything that the other one allows)? */
export const scopeCovers = (scope: Scope, asked: Scope): boolean =>
  partCovers(scope.service, asked.service) &&
  partCovers(scope.resource, asked.resource) &&
  partCovers(scope.action, asked.action);

/** Does any of the scopes allow this request? A name that a scope names is one; only what a wildcard lets pass is looked at. */
export const allowsRequest = (scopes: readonly Scope[], asked: ScopeRequest): boolean => {
  for (const { service, resource, action } of scopes) {
    if (
      partAllows(service, asked.service) &&
      partAllows(resource, asked.resource) &&
      partAllows(action, asked.action)
    ) {
      return true;
    }
  }
  return false;
};

const partAllows = (allowed: string, asked: string): boolean =>
  allowed === '*' ? isScopeName(asked) : allowed === asked;

export const anyScopeCovers = (scopes: readonly Scope[], asked: Scope): boolean =>
  scopes.some((scope) => scopeCovers(scope, asked));

/**
 * Is everything that `inner` allows also allowed by `outer`? Reflexive, transitive, and antisymmetric up to equal
 * meaning. Exact for single scopes; for sets each inner scope must lie within ONE outer scope, which is exact too
 * because names are not enumerable: no finite set of narrower scopes makes up a wildcard.
 */
export const isSubsetOf = (inner: readonly Scope[], outer: readonly Scope[]): boolean =>
  inner.every((scope) => anyScopeCovers(outer, scope));
