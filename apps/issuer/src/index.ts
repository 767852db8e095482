export { issuerConfig, type IssuerConfig } from './issuer.config';
export { IssuerModule, type IssuerParts } from './issuer.module';
export { openParts } from './open-parts.module';
export { serveIssuer, startIssuer } from './start-issuer';
