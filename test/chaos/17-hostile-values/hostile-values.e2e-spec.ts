import { describeExperiment } from '../describe-experiment';
import { hostileValues } from './hostile-values.experiment';

describeExperiment(hostileValues);
