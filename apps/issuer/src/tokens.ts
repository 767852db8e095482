/** What the module provides by name: ports and settings, never a concrete adapter. */
export const FRESH_LOG = Symbol('FRESH_LOG');
export const CODES = Symbol('CODES');
export const MASTER_KEYS = Symbol('MASTER_KEYS');
export const OPERATORS = Symbol('OPERATORS');
export const SUBSCRIPTIONS = Symbol('SUBSCRIPTIONS');
export const PEPPER = Symbol('PEPPER');
export const SECRET_STORE = Symbol('SECRET_STORE');
