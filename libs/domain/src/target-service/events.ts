import type { Happened as HappenedAt } from '../shared/command';

/** What a service offers: any of its actions on any of its resources (models). */
export interface ServiceOffer {
  readonly title: string;
  readonly resources: readonly string[];
  readonly actions: readonly string[];
}

interface Happened extends HappenedAt {
  /** The name that stands in scopes: `service:resource:action`. */
  readonly service: string;
}

/** First event of its stream, or the return of a service that was retired. */
export interface TargetServiceRegistered {
  readonly type: 'TargetServiceRegistered';
  readonly data: Happened & { readonly offer: ServiceOffer };
}

export interface TargetServiceChanged {
  readonly type: 'TargetServiceChanged';
  readonly data: Happened & { readonly before: ServiceOffer; readonly after: ServiceOffer };
}

/** No new code for this service; codes that are out end by their own terms. */
export interface TargetServiceRetired {
  readonly type: 'TargetServiceRetired';
  readonly data: Happened;
}

export type TargetServiceEvent = TargetServiceRegistered | TargetServiceChanged | TargetServiceRetired;
