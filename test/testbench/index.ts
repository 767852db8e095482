export { startKafka } from './kafka';
export type { BrokerPlace, Kafka } from './kafka.port';
export { startPostgres, type Postgres } from './postgres';
export { type CertificateFiles, TestAuthority } from './certificates';
export { BENCH_START_TIMEOUT_MS, sharedKafka, sharedPostgres } from './shared';
