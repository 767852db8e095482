import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import { trustedProxies } from '../http/client-ip';
import { ProblemFilter } from '../http/problem.filter';
import type { Logger } from '../logging/logger';
import { OperatorDirectory } from './operator-directory';
import { OperatorGuard } from './operator.guard';
import { pepperFile } from './pepper';
import { type TokenHash, hashToken, keyedTokenHash } from './token';

/** How a service with a REST API knows its operators and where they call from. */
export interface OperatorAccess {
  readonly trustedProxies: readonly string[];
  /** Of operators' tokens: the same in every service of a deployment. */
  readonly hashOf: TokenHash;
}

/** Variables that every service with a REST API shares. */
export const operatorAccessVariables = {
  OPENCLAW_TRUSTED_PROXIES: trustedProxies,
  OPENCLAW_OPERATOR_PEPPER_FILE: pepperFile.optional(),
};

type AccessVariables = z.output<z.ZodObject<typeof operatorAccessVariables>>;

export const operatorAccessOf = (values: AccessVariables): OperatorAccess => {
  const pepper = values.OPENCLAW_OPERATOR_PEPPER_FILE;
  return {
    trustedProxies: values.OPENCLAW_TRUSTED_PROXIES,
    hashOf: pepper === undefined ? hashToken : keyedTokenHash(pepper),
  };
};

/**
 * Closes every route to strangers, answers errors as problems, believes only the trusted proxies, and lets no cache keep
 * an answer. The directory is a provider of the app. Returns the guard, for other transports of the same app: whoever
 * guesses tokens has one number of tries for all of them.
 */
export const guardOperators = (app: NestExpressApplication, access: OperatorAccess, logger: Logger): OperatorGuard => {
  // Our ETags are stream revisions; Express would add hashes of bodies.
  app
    .disable('etag')
    .disable('x-powered-by')
    .set('trust proxy', [...access.trustedProxies]);
  app.use((_: unknown, response: { setHeader(name: string, value: string): void }, next: () => void) => {
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.useGlobalFilters(new ProblemFilter(logger));
  const guard = new OperatorGuard(app.get(OperatorDirectory), access.trustedProxies);
  app.useGlobalGuards(guard);
  return guard;
};
