import { randomUUID } from 'node:crypto';
import { type Operator, type OperatorEvent, decideOperator, unixMs } from '@openclaw/domain';
import { type AggregateRepository, type Decision, type Logger, equalTokenHashes } from '@openclaw/platform';

const BOOTSTRAP_OPERATOR = 'bootstrap-admin';

/**
 * Makes the log know the bootstrap admin with the configured token: adds it once, replaces the token when the file has
 * another one. Safe on every start and on several issuers at once. A bootstrap admin that was removed stays removed, and
 * its token opens nothing: another admin is there, or it could not have been removed.
 */
export const bootstrapOperator = async (
  operators: AggregateRepository<Operator, OperatorEvent>,
  tokenHash: string,
  logger: Logger,
): Promise<void> => {
  const now = new Date();
  const meta = { now: unixMs(now.getTime()), command: { id: randomUUID(), bodyHash: tokenHash } };
  const decide = (state: Operator): Decision<OperatorEvent, unknown> => {
    if (state.status === 'active' && equalTokenHashes(state.tokenHash, tokenHash))
      return { ok: true, event: undefined };
    const result = decideOperator(
      state.status === 'unknown'
        ? {
            type: 'AddOperator',
            meta,
            operatorId: BOOTSTRAP_OPERATOR,
            name: 'bootstrap admin',
            roles: ['admin'],
            tokenHash,
          }
        : { type: 'ReplaceOperatorToken', meta, tokenHash },
      state,
    );
    return result.ok ? { ok: true, event: result.value } : result;
  };
  const metadata = {
    authid: 'installation',
    authtype: 'bootstrap-file',
    reason: 'bootstrap token of this installation',
  };
  const outcome = await operators.execute(BOOTSTRAP_OPERATOR, decide, {
    newId: randomUUID,
    time: now.toISOString(),
    metadata,
  });
  if (outcome.outcome === 'rejected') {
    logger.info({}, 'the bootstrap admin was removed for good; its token opens nothing');
  }
};
