export * from './events';
export * from './target-service';
