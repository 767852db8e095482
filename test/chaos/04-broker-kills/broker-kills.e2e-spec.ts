import { describeExperiment } from '../describe-experiment';
import { brokerKills } from './broker-kills.experiment';

describeExperiment(brokerKills);
