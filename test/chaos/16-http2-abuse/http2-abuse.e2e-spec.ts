import { describeExperiment } from '../describe-experiment';
import { http2Abuse } from './http2-abuse.experiment';

describeExperiment(http2Abuse);
