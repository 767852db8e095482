import { describeExperiment } from '../describe-experiment';
import { lastUnit } from './last-unit.experiment';

describeExperiment(lastUnit);
