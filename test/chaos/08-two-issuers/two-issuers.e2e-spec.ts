import { describeExperiment } from '../describe-experiment';
import { twoIssuers } from './two-issuers.experiment';

describeExperiment(twoIssuers);
