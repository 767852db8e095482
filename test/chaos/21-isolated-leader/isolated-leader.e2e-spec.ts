import { describeExperiment } from '../describe-experiment';
import { isolatedLeader } from './isolated-leader.experiment';

describeExperiment(isolatedLeader);
