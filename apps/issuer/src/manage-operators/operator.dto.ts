import { ROLES } from '@openclaw/domain';
import { z } from 'zod';
import { reasonField, reasonNeeded } from '../forms';

const roles = z.array(z.enum(ROLES, { message: `give some of ${ROLES.join(', ')}` }));

export const addOperatorBody = z.strictObject({ name: z.string(), roles, reason: reasonField });
export const changeRolesBody = z.strictObject({ roles, reason: reasonField });
export const rotateTokenBody = z.strictObject({ reason: reasonField });
export const removeOperatorBody = z.strictObject({ reason: reasonNeeded });
export const listOperatorsQuery = z.strictObject({
  status: z.enum(['active', 'removed'], { message: 'say active or removed' }).optional(),
});

export type AddOperatorBody = z.output<typeof addOperatorBody>;
export type ChangeRolesBody = z.output<typeof changeRolesBody>;
export type RotateTokenBody = z.output<typeof rotateTokenBody>;
export type RemoveOperatorBody = z.output<typeof removeOperatorBody>;
export type ListOperatorsQuery = z.output<typeof listOperatorsQuery>;
