import { createLogger, runApp } from '@openclaw/platform';
import { anomalyConfig } from './anomaly.config';
import { startAnomaly } from './start-anomaly';

const logger = createLogger('anomaly');
void runApp('anomaly', () => startAnomaly(anomalyConfig(process.env), logger), logger);
