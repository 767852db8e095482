import { describeExperiment } from '../describe-experiment';
import { damagedSnapshot } from './damaged-snapshot.experiment';

describeExperiment(damagedSnapshot);
