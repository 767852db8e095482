import { describeExperiment } from '../describe-experiment';
import { revokeUnderClaims } from './revoke-under-claims.experiment';

describeExperiment(revokeUnderClaims);
