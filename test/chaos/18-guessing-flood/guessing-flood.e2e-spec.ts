import { describeExperiment } from '../describe-experiment';
import { guessingFlood } from './guessing-flood.experiment';

describeExperiment(guessingFlood);
