import { describeExperiment } from '../describe-experiment';
import { secretStore } from './secret-store.experiment';

describeExperiment(secretStore);
