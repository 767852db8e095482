export * from './commands';
export * from './decide';
export * from './events';
export * from './permissions';
export * from './state';
