export * from './events';
export * from './redeem';
export * from './reserve';
export * from './state';
