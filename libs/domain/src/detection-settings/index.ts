export * from './detection-settings';
export * from './events';
export * from './in-force';
