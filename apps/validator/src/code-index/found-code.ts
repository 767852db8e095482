import type { CodeUse, CodeView, UnixMs } from '@openclaw/domain';
import type { SharedSettings, Terms } from './terms';

export interface CodeFacts {
  readonly id: string;
  readonly revision: number;
  readonly status: CodeView['status'];
  readonly notBefore: UnixMs | null;
  readonly expiresAt: UnixMs | null;
  /** Until when the presented secret counts; null for the newest. */
  readonly secretEndsAt: UnixMs | null;
}

/** A code as it was when it was looked up, by one of its secrets. */
export class FoundCode {
  constructor(
    private readonly facts: CodeFacts,
    private readonly terms: Terms,
  ) {}

  get id(): string {
    return this.facts.id;
  }

  get revision(): number {
    return this.facts.revision;
  }

  get status(): CodeView['status'] {
    return this.facts.status;
  }

  get settings(): SharedSettings {
    return this.terms.settings;
  }

  /** Whether it has anything that all validators have to count together. */
  get countsTogether(): boolean {
    return this.terms.countsTogether;
  }

  /** What the domain judges. */
  view(masterKeyUsable: boolean, use: CodeUse): CodeView {
    const { settings, scopes, ipAllowList } = this.terms;
    const { id, status, notBefore, expiresAt, secretEndsAt } = this.facts;
    return {
      codeId: id,
      status,
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
