import { describeExperiment } from '../describe-experiment';
import { lostTail } from './lost-tail.experiment';

describeExperiment(lostTail);
