import { describeExperiment } from '../describe-experiment';
import { killedProjector } from './killed-projector.experiment';

describeExperiment(killedProjector);
