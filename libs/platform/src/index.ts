export * from './config/read-config';
export * from './security/tls';
export * from './log/log-config';
export { FollowedTopic, type FollowedPartition, type FollowedTopicOptions } from './log/followed-topic';
export { openStore } from './log/log.module';
export { redactKeys } from './logging/redact';
export { createLogger, NestLog, type Logger } from './logging/logger';
export { endProcessOnHalt, runApp, type RunningApp } from './lifetime/run-app';
export { startTelemetry, type Telemetry } from './telemetry/start-telemetry';
export { METRICS } from './telemetry/metric-catalogue';
export { Counts, histogramOf, observe, recordValue, type Observed } from './telemetry/meters';
export { appendTraced } from './telemetry/append-traced';
export { batchSpans, isTraced, processTraced, traceCommits, type Consumed } from './telemetry/process-traced';
export { observeHttp } from './telemetry/observe-http';
export { endFailed, startSpan, tell } from './telemetry/spans';
export { asksForSpans, contextOf, parseTraceparent, traceparentOf } from './telemetry/trace-context';
export * from './commands/aggregate-repository';
export * from './commands/aggregates';
export * from './commands/provenance';
export { FollowedAggregates, type Followed } from './commands/followed-aggregates';
export { grpcError, reportFault } from './grpc/grpc-error';
export { openGrpcListener, type GrpcListener } from './grpc/grpc-listener';
export { reflectionOf } from './grpc/reflection';
export * from './http/api-error';
export { clientIp } from './http/client-ip';
export { commandContext, type CommandContext } from './commands/command-context';
export { type OAuthRequest, tokenForm } from './http/oauth';
export { parseBody } from './http/parse-body';
export { ProblemFilter } from './http/problem.filter';
export { OPENAPI_DOCUMENT, OpenApiController } from './openapi/openapi.controller';
export { openApiDocument } from './openapi/openapi-document';
export { HEALTH_ROUTES } from './health/health.routes';
export { type ApiDescription, tagged } from './openapi/route-table';
export { HEALTH_CHECKS, HealthController, logCheck, type HealthCheck } from './health/health';
export { OperatorDirectory, type Principal } from './security/operator-directory';
export {
  type OperatorAccess,
  guardOperators,
  operatorAccessOf,
  operatorAccessVariables,
} from './security/operator-access';
export { FromOperator, type OperatorCall } from './security/operator-call';
export { Needs, Public } from './security/operator.guard';
export { GuessLimit } from './security/guess-limit';
export { type TokenHash, bearerToken, equalTokenHashes, hashToken, newToken } from './security/token';
export { parsePepper, pepperFile } from './security/pepper';
