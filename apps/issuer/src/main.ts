import { createLogger, runApp } from '@openclaw/platform';
import { issuerConfig } from './issuer.config';
import { startIssuer } from './start-issuer';

const logger = createLogger('issuer');
void runApp('issuer', () => startIssuer(issuerConfig(process.env), logger), logger);
