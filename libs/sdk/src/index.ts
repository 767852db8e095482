export {
  type Allowed, type Answer, type CannotKnow, type Denied, type Reason, type Remaining, type YourMistake, answerOfDecision,
  answerOfError,
} from './answer'; // prettier-ignore
export { type CodeUse, type CodeValidator, requestOf } from './code-use';
export { type GuardOptions, grantOf, guardRequests } from './guard-requests';
export { CodeEnded, HeldCode, type HeldCodeOptions, type NewCode } from './held-code';
export { type CodeSettings, type IssuedCode, IssuerCodes, type IssuerOptions, IssuerRefused } from './issuer-codes';
export { RESOURCE_METADATA_PATH, type ProtectedResource, resourceMetadata } from './resource-metadata';
export { ValidatorClient, type ValidatorClientOptions } from './validator-client';
