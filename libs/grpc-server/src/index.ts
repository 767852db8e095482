export type { GrpcCall } from './grpc/call';
export { GrpcServer, type GrpcServerOptions, type MethodDefinition } from './grpc/grpc-server';
export { Health, type ServingStatus } from './grpc/health';
export { GrpcError, type GrpcStatus } from './grpc/status';
export type { GrpcStream, StreamListener } from './grpc/stream-call';
export { DEFAULT_LIMITS, type Http2Limits } from './http2/limits';
