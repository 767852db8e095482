import type { CodeUse, CodeView, UnixMs } from '@openclaw/domain';
import type { SharedSettings, Terms } from './terms';

/** A code as it was when it was looked up, by one of its secrets. */
export class FoundCode {
  constructor(
    readonly id: string,
    readonly revision: number,
    readonly status: CodeView['status'],
    private readonly terms: Terms,
    private readonly dates: {
      readonly notBefore: UnixMs | null;
      readonly expiresAt: UnixMs | null;
      /** Until when the presented secret counts; null for the newest. */
      readonly secretEndsAt: UnixMs | null;
    },
  ) {}

  get settings(): SharedSettings {
    return this.terms.settings;
  }

  /** What the domain judges. */
  view(masterKeyUsable: boolean, use: CodeUse): CodeView {
    const { settings, scopes, ipAllowList } = this.terms;
    const { notBefore, expiresAt, secretEndsAt } = this.dates;
    return {
      codeId: this.id,
      status: this.status,
      secretEndsAt,
      masterKeyUsable,
      scopes,
      ipAllowList,
      notBefore,
      expiresAt,
      idleTimeoutMs: settings.idleTimeoutMs,
      sessionLimitMs: settings.sessionLimitMs,
      usesMax: settings.usesMax,
      rateLimits: settings.rateLimits,
      use,
    };
  }
}
