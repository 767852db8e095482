import { describeExperiment } from '../describe-experiment';
import { clockJumps } from './clock-jumps.experiment';

describeExperiment(clockJumps);
