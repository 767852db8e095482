export * from './catch-up-subscription';
export * from './projection.port';
export * from './projection-runner';
export * from './quarantine';
