import 'reflect-metadata';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { anomalyDocument } from './anomaly.module';

describe('the OpenAPI document of the anomaly service', () => {
  it('is the one that is published, made of what the controllers parse', () => {
    const published = resolve(__dirname, '../../../docs/reference/openapi/anomaly.json');
    expectGolden(published, `${JSON.stringify(anomalyDocument(), null, 2)}\n`);
  });
});
