import { ROLES } from '@openclaw/domain';
import { z } from 'zod';

const reason = z.string().max(500).optional();
const roles = z.array(z.enum(ROLES, `give some of ${ROLES.join(', ')}`));

export const addOperatorBody = z.strictObject({ name: z.string(), roles, reason });
export const changeRolesBody = z.strictObject({ roles, reason: z.string().min(1, 'say why').max(500) });
