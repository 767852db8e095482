import { describeExperiment } from '../describe-experiment';
import { rotationUnderLoad } from './rotation-under-load.experiment';

describeExperiment(rotationUnderLoad);
