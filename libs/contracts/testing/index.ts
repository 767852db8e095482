export { ALERT_EXAMPLES } from './alert-examples';
export { DEAD_LETTER_EXAMPLES } from './dead-letter-examples';
export { domainEvent } from './domain-event.arbitrary';
export { DOMAIN_EXAMPLES } from './domain-examples';
export { expectGolden, expectGoldenJson, UPDATE_VARIABLE } from './golden';
export { USAGE_EXAMPLES } from './usage-examples';
