/** What the module provides by name: ports and settings, never a concrete adapter. */
export const FRESH_LOG = Symbol('FRESH_LOG');
export const CODES = Symbol('CODES');
export const MASTER_KEYS = Symbol('MASTER_KEYS');
export const PEPPER = Symbol('PEPPER');
/** `FreshnessBounds` of the deployment. */
export const FRESHNESS_BOUNDS = Symbol('FRESHNESS_BOUNDS');
export const SECRET_STORE = Symbol('SECRET_STORE');
/** What the OAuth metadata says. */
export const OAUTH = Symbol('OAUTH');
export const OPERATORS = Symbol('OPERATORS');
export const ADMIN_ROSTER = Symbol('ADMIN_ROSTER');
export const SERVICES = Symbol('SERVICES');
export const SUBSCRIPTIONS = Symbol('SUBSCRIPTIONS');
/** Services and subscriptions as lists, in memory. */
export const SERVICE_LIST = Symbol('SERVICE_LIST');
export const SUBSCRIPTION_LIST = Symbol('SUBSCRIPTION_LIST');
export const OPERATOR_TOKEN_HASH = Symbol('OPERATOR_TOKEN_HASH');
export const ALERT_HANDLING = Symbol('ALERT_HANDLING');
export const DETECTION_SETTINGS = Symbol('DETECTION_SETTINGS');
