/** What the module provides by name. */
export const VALIDATION_API = Symbol('VALIDATION_API');
export const CALLERS = Symbol('CALLERS');
export const VALIDATE_CODE = Symbol('VALIDATE_CODE');
