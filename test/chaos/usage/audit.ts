import { auditConfig, startAudit } from '@openclaw/audit';
import { orderOf, stopAsked, tell } from '../workload/child';
import { plantInAudit } from './audit-mutants';
import type { ValidatorOrder } from './validator.protocol';

/** A second audit service on the same views, with one rule broken. */
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

const main = async (): Promise<void> => {
  const { environment, mutant } = orderOf<ValidatorOrder>();
  if (mutant !== undefined) plantInAudit(mutant);
  const app = await startAudit(auditConfig(environment), SILENT);
  stopAsked().addEventListener('abort', () => void app.close().then(() => process.exit(0)));
  tell({ http: app.listens['http'] });
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
