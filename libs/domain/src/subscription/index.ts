export * from './events';
export * from './subscription';
