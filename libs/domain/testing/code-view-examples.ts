import { type CodeSettings, type CodeUse, type CodeView, NO_RATE_USE, parsedBlocks, parsedScopes } from '../src/index';

export const NEVER_USED: CodeUse = { firstUsedAt: null, lastUsedAt: null, redeemed: 0, rate: NO_RATE_USE };

/** An active code with these settings, as a validator holds it. */
export const viewOf = (settings: CodeSettings, use: CodeUse = NEVER_USED): CodeView => ({
  codeId: 'code-1',
  status: 'active',
  secretEndsAt: null,
  masterKeyUsable: true,
  ...settings,
  scopes: parsedScopes(settings.scopes),
  ipAllowList: parsedBlocks(settings.ipAllowList),
  use,
});
