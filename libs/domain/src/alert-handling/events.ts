import type { Happened as HappenedAt } from '../shared/command';

interface Happened extends HappenedAt {
  /** Uid of the finding. */
  readonly alertUid: string;
  /** Operator who did it. */
  readonly by: string;
}

/** Somebody looks into it. */
export interface AlertAcknowledged {
  readonly type: 'AlertAcknowledged';
  readonly data: Happened;
}

export const RESOLUTIONS = ['true-positive', 'false-positive', 'benign'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** It is done with, for good: a new incident raises a new alert. */
export interface AlertClosed {
  readonly type: 'AlertClosed';
  readonly data: Happened & { readonly resolution: Resolution };
}

export type AlertHandlingEvent = AlertAcknowledged | AlertClosed;
