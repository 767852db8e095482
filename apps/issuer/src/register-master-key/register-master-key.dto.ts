import { z } from 'zod';
import { reasonField } from '../forms';
import { valueFields } from '../keep-value/value-given.dto';

/** Body of `POST /v1/master-keys`: the value pasted, or a reference to it. */
export const registerMasterKeyBody = z.strictObject({
  label: z.string(),
  provider: z.string(),
  ...valueFields,
  reason: reasonField,
});
export type RegisterMasterKeyBody = z.output<typeof registerMasterKeyBody>;

/** Body of `POST /v1/master-keys/{id}/rotate`. */
export const rotateMasterKeyBody = z.strictObject({ ...valueFields, reason: reasonField });
export type RotateMasterKeyBody = z.output<typeof rotateMasterKeyBody>;
