import { describeExperiment } from '../describe-experiment';
import { consumerChurn } from './consumer-churn.experiment';

describeExperiment(consumerChurn);
