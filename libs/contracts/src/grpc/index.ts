export * from './envoy-auth-v3';
export { fileDescriptors } from './file-descriptors';
export { GRPC_LOADER_OPTIONS, loadProtos, PROTO, protoRoot, serviceDefinition } from './protos';
export * from './read-status-details';
export * from './status-details';
export * from './well-known';
export type * as issuerV1 from './issuer-v1.generated';
export type * as validatorV1 from './validator-v1.generated';
export { type ServedMethod, VALIDATOR_METHODS } from './validator-methods';
