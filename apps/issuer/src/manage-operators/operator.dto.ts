import { ROLES } from '@openclaw/domain';
import { z } from 'zod';

const roles = z.array(z.enum(ROLES, { message: `give some of ${ROLES.join(', ')}` }));
const reason = z.string().max(500).optional();

export const addOperatorBody = z.strictObject({ name: z.string(), roles, reason });
export const changeRolesBody = z.strictObject({ roles, reason });
export const rotateTokenBody = z.strictObject({ reason });
export const removeOperatorBody = z.strictObject({ reason: z.string().min(1, 'say why').max(500) });
