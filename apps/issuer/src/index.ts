export { issuerConfig, type IssuerConfig } from './issuer.config';
export { IssuerModule, type IssuerParts } from './issuer.module';
export { startIssuer } from './start-issuer';
