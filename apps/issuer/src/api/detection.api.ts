import { tagged } from '@openclaw/platform';
import { acknowledgeBody, alertHandlingForm, closeBody } from '../handle-alerts/alert-handling.dto';
import { changeDetectionBody, detectionForm, writtenDetectionForm } from '../manage-detection/detection-settings.dto';
import { change } from './kinds-of-route';

/** Routes about detection and alerts. */
export const detectionRoutes = tagged('detection', {
  'GET /v1/detection': {
    id: 'showDetection',
    summary: 'Thresholds, switches and mutes',
    answer: detectionForm,
    etag: true,
  },
  'PATCH /v1/detection': {
    id: 'changeDetection',
    summary: 'In force for uses that are decided after the change. Null = as the detector is configured',
    body: changeDetectionBody,
    answer: writtenDetectionForm,
    ifMatch: 'needed',
    ...change,
  },
  'POST /v1/alerts/{uid}/acknowledge': {
    id: 'acknowledgeAlert',
    summary: 'The first who says so has it',
    body: acknowledgeBody,
    answer: alertHandlingForm,
    ...change,
  },
  'POST /v1/alerts/{uid}/close': {
    id: 'closeAlert',
    summary: 'What came of it, for ever',
    body: closeBody,
    answer: alertHandlingForm,
    ...change,
  },
});
