import { Reflector } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { z } from 'zod';
import { trustedProxies } from '../http/client-ip';
import { ProblemFilter } from '../http/problem.filter';
import type { Logger } from '../logging/logger';
import { GuessLimit } from './guess-limit';
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
 * Closes every route to strangers, answers errors as problems, and believes only the trusted proxies. The directory is
 * a provider of the app.
 */
export const guardOperators = (app: NestExpressApplication, access: OperatorAccess, logger: Logger): void => {
  // Our ETags are stream revisions; Express would add hashes of bodies.
  app
    .disable('etag')
    .disable('x-powered-by')
    .set('trust proxy', [...access.trustedProxies]);
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalGuards(new OperatorGuard(app.get(OperatorDirectory), app.get(Reflector), new GuessLimit()));
};
