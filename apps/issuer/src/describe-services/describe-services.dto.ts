import { z } from 'zod';
import { namesField, reasonField, reasonNeeded } from '../forms';

const offer = { title: z.string(), resources: namesField, actions: namesField };

export const registerServiceBody = z.strictObject({ service: z.string(), ...offer, reason: reasonField });
export const changeServiceBody = z.strictObject({ ...z.object(offer).partial().shape, reason: reasonField });
export const retireServiceBody = z.strictObject({ reason: reasonNeeded });

export type RegisterServiceBody = z.output<typeof registerServiceBody>;
export type ChangeServiceBody = z.output<typeof changeServiceBody>;
export type RetireServiceBody = z.output<typeof retireServiceBody>;
