export * from './code-view';
export * from './evaluate';
export * from './stranger-reason';
