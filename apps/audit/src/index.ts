export { auditConfig, type AuditConfig } from './audit.config';
export { startAudit } from './start-audit';
