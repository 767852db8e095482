export * from './commands';
export * from './decide';
export * from './events';
export * from './narrowing';
export * from './settings';
export * from './settings-check';
export * from './state';
