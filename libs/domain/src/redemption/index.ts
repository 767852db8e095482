export * from './events';
export * from './redemption';
