import { describeExperiment } from '../describe-experiment';
import { stalledSync } from './stalled-sync.experiment';

describeExperiment(stalledSync);
