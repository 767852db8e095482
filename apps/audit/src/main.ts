import { createLogger, runApp } from '@openclaw/platform';
import { auditConfig } from './audit.config';
import { startAudit } from './start-audit';

const logger = createLogger('audit');
void runApp('audit', () => startAudit(auditConfig(process.env), logger), logger);
