export const DEFAULT_VIEWS_SCHEMA = 'openclaw_views';
export const STATEMENT_TIMEOUT_MS = 30_000;
export const CONNECT_TIMEOUT_MS = 5_000;
