import { describeExperiment } from '../describe-experiment';
import { heldProduce } from './held-produce.experiment';

describeExperiment(heldProduce);
