import { describeExperiment } from '../describe-experiment';
import { harmedViews } from './harmed-views.experiment';

describeExperiment(harmedViews);
