import 'reflect-metadata';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { issuerDocument } from '../issuer.module';

describe('the OpenAPI document of the issuer', () => {
  it('is the one that is published, made of what the controllers parse and answer', () => {
    const published = resolve(__dirname, '../../../../docs/reference/openapi/issuer.json');
    expectGolden(published, `${JSON.stringify(issuerDocument(), null, 2)}\n`);
  });
});
