import { TOPIC } from '@openclaw/contracts';
import type { LeaseKeeper } from '@openclaw/freshness';
import { observe } from '@openclaw/platform';
import type { CodeIndex } from '../code-index/code-index';
import type { UsageRecorder } from '../usage/usage-recorder';
import type { DecisionWatch } from './decision-watch';

export interface ObservedParts {
  readonly index: CodeIndex;
  readonly keeper: LeaseKeeper;
  readonly usage: UsageRecorder;
  readonly watch: DecisionWatch;
}

const PLACE = {
  'openclaw.projection': 'code-index',
  'messaging.destination.name': TOPIC.lifecycle,
  'messaging.destination.partition.id': '0',
};

/** Tells the validator's metrics (docs/reference/metrics.md) until the returned function is called. */
export const observeValidator = ({ index, keeper, usage, watch }: ObservedParts): (() => void) => {
  let lapses = 0;
  const ends = [
    keeper.onChange((held) => {
      if (!held) lapses += 1;
    }),
    observe('openclaw.validator.decisions', () => watch.decisions()),
    observe('openclaw.validator.no_decisions', () => watch.noDecisions()),
    observe('openclaw.validator.freshness.age', () => {
      const { ageMs } = keeper.status();
      return ageMs === undefined ? [] : [{ value: ageMs / 1000 }];
    }),
    observe('openclaw.validator.lease.held', () => [{ value: keeper.status().held ? 1 : 0 }]),
    observe('openclaw.validator.lease.lapses', () => [{ value: lapses }]),
    observe('openclaw.validator.codes', () => [{ value: index.size }]),
    observe('openclaw.usage.spool.records', () => [{ value: usage.backlog }]),
    observe('openclaw.projection.position', () => [{ value: index.applied().position, attributes: PLACE }]),
    observe('openclaw.projection.lag', () => [{ value: index.lag().records, attributes: PLACE }]),
    observe('openclaw.projection.lag.duration', () => [{ value: index.lag().behindForMs / 1000, attributes: PLACE }]),
  ];
  return () => {
    for (const end of ends) end();
  };
};
