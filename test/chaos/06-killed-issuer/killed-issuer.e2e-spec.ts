import { describeExperiment } from '../describe-experiment';
import { killedIssuer } from './killed-issuer.experiment';

describeExperiment(killedIssuer);
