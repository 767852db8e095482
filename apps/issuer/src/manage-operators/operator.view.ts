import { type Operator, ROLES } from '@openclaw/domain';
import { ApiError, type Traced } from '@openclaw/platform';
import { z } from 'zod';
import { positionForm, revisionForm } from '../forms';

/** An operator as others see it: never the token, never its hash. */
export const operatorForm = z.strictObject({
  operatorId: z.string(),
  name: z.string(),
  roles: z.array(z.enum(ROLES)),
  status: z.enum(['active', 'removed']),
  revision: revisionForm,
});
export type OperatorView = z.output<typeof operatorForm>;
export const writtenOperatorForm = operatorForm.extend({ position: positionForm });
export const operatorWithTokenForm = writtenOperatorForm.extend({
  token: z.string().nullable().describe('shown in this one answer; null when it repeats an earlier one'),
});
export const operatorsForm = z.strictObject({ operators: z.array(operatorForm) });

export const operatorView = ({ state, revision }: Pick<Traced<Operator>, 'state' | 'revision'>): OperatorView => {
  if (state.status === 'unknown') throw new ApiError('openclaw.operator.not-found');
  const { operatorId, name, roles, status } = state;
  return { operatorId, name, roles: [...roles], status, revision };
};
