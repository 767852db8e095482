import type { z } from 'zod';
import { Upcasters } from '../upcasters/upcaster';
import { bodyCodec } from './body-codec';
import { ends, event, type BodyForms } from './body-form';
import {
  producerClosed,
  producerLost,
  producerOpened,
  refusalsAggregated,
  usageDecided,
  usageWithheld,
} from './usage.schemas';

export type UsageDecidedData = Readonly<z.infer<typeof usageDecided>>;

/** Everything on the usage topic. */
export type UsageEvent =
  | { readonly type: 'UsageDecided'; readonly data: UsageDecidedData }
  | { readonly type: 'UsageWithheld'; readonly data: Readonly<z.infer<typeof usageWithheld>> }
  | { readonly type: 'RefusalsAggregated'; readonly data: Readonly<z.infer<typeof refusalsAggregated>> }
  | { readonly type: 'ProducerOpened'; readonly data: Readonly<z.infer<typeof producerOpened>> }
  | { readonly type: 'ProducerClosed'; readonly data: Readonly<z.infer<typeof producerClosed>> }
  | { readonly type: 'ProducerLost'; readonly data: Readonly<z.infer<typeof producerLost>> };

/** `ProducerClosed` and `ProducerLost` end a producer's stream: a zombie of it cannot add to the count any more. */
const forms: BodyForms<UsageEvent> = {
  UsageDecided: event('openclaw.usage.decided.v1', usageDecided),
  UsageWithheld: event('openclaw.usage.withheld.v1', usageWithheld),
  RefusalsAggregated: event('openclaw.usage.refusals-aggregated.v1', refusalsAggregated),
  ProducerOpened: event('openclaw.usage.producer-opened.v1', producerOpened),
  ProducerClosed: ends('openclaw.usage.producer-closed.v1', producerClosed),
  ProducerLost: ends('openclaw.usage.producer-lost.v1', producerLost),
};

export const usageCodec = bodyCodec<UsageEvent>(forms, new Upcasters([]));
