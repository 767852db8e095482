import { describeExperiment } from '../describe-experiment';
import { unwritableUsage } from './unwritable-usage.experiment';

describeExperiment(unwritableUsage);
