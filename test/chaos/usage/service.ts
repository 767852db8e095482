import { auditConfig, startAudit } from '@openclaw/audit';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { orderOf, stopAsked, tell } from '../workload/child';
import { plantInService } from './service-mutants';

/** A real service in a process of its own that tells everything it logs, perhaps with one rule broken. */
export interface ServiceOrder {
  readonly service: 'audit' | 'issuer';
  readonly environment: Readonly<Record<string, string>>;
  readonly mutant?: string | undefined;
}

export type ServiceLine = { readonly http: string } | { readonly logged: string };

const logged = (facts: object, message: string): void => tell({ logged: `${message} ${JSON.stringify(facts)}` });
const logger = { info: logged, warn: logged, error: logged };

const start = ({ service, environment }: ServiceOrder): Promise<RunningApp> =>
  service === 'audit' ? startAudit(auditConfig(environment), logger) : startIssuer(issuerConfig(environment), logger);

const main = async (): Promise<void> => {
  const order = orderOf<ServiceOrder>();
  if (order.mutant !== undefined) plantInService(order.mutant);
  const app = await start(order);
  stopAsked().addEventListener('abort', () => void app.close().then(() => process.exit(0)));
  tell({ http: app.listens['http'] });
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
