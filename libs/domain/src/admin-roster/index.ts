export * from './admin-roster';
export * from './events';
