export { alertCodec, type AlertEvent, type DetectionFinding } from './alert.events';
export { OCSF_VERSION } from './alert.schemas';
export type { BodyCodec, Decoded, EncodedBody, NotUnderstood } from './body-codec';
export type { BodyForm } from './body-form';
export { deadLetter, deadLetterCodec, type DeadLetter, type DeadLetterEvent } from './dead-letter.events';
export { decodeBody, domainCodec, encodeBody, type DomainEvent, type LogEvent } from './domain.events';
export * from './event-families';
export { usageCodec, type UsageDecidedData, type UsageEvent } from './usage.events';
export { parseWireType, type WireType } from './wire-type';
