import { describeExperiment } from '../describe-experiment';
import { pausedValidator } from './paused-validator.experiment';

describeExperiment(pausedValidator);
