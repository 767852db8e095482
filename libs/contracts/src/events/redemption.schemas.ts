import { z } from 'zod';
import { identifier, positive, unixMs } from './wire-values';

const inCode = { codeId: identifier, at: unixMs };
const validator = identifier.describe('Name of the validator that claims');

export const codeRedeemed = z
  .object({
    ...inCode,
    units: positive,
    requestId: identifier.describe('A retry with the same id is the same use'),
    validator: identifier,
  })
  .describe('A use of a code with a budget was claimed');

const unspent = z
  .object({ units: positive, at: unixMs.describe('When they were reserved') })
  .describe('Of an earlier reservation, given back because no use was allowed with them');

export const usesReserved = z
  .object({ ...inCode, units: positive, unspent: unspent.nullable(), validator })
  .describe("Uses out of a code's rate limits that this validator may allow, and no other");

export const useNoted = z
  .object({ ...inCode, validator })
  .describe('A code with an idle time-out or a session limit is in use; said at its first use and from time to time');
