export * from './alert-handling';
export * from './events';
