export { anomalyConfig, type AnomalyConfig } from './anomaly.config';
export { startAnomaly } from './start-anomaly';
