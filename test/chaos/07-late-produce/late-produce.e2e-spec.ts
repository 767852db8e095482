import { describeExperiment } from '../describe-experiment';
import { lateProduce } from './late-produce.experiment';

describeExperiment(lateProduce);
