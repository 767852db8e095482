import { describeExperiment } from '../describe-experiment';
import { lostSpool } from './lost-spool.experiment';

describeExperiment(lostSpool);
