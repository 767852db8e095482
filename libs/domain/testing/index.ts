export * from './arbitraries';
export * from './code-view-examples';
export * from './command-examples';
export * from './decider-specification';
export * from './histories';
export * from './pairing-code-examples';
