import { describeExperiment } from '../describe-experiment';
import { cutValidator } from './cut-validator.experiment';

describeExperiment(cutValidator);
