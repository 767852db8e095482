import { z } from 'zod';

/** Parts of the answers' forms that many of them share; the OpenAPI document is made of them. */
export const instantForm = z.iso.datetime();
export const revisionForm = z.int().min(0).describe('number of its last change; its ETag');
export const positionForm = z.string().describe('place on the log; a validator takes it as minPosition');
export const notUnderstoodForm = z
  .array(z.string())
  .describe('ids with an event of a newer schema: what an older state of them would say is not known to be true');

/** Of requests. */
export const reasonField = z
  .string()
  .max(500)
  .optional()
  .describe('kept on the trail; what looks like a key is redacted');
export const reasonNeeded = z.string().min(1, 'say why').max(500);
export const namesField = z.array(z.string());
