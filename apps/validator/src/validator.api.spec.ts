import 'reflect-metadata';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { validatorDocument } from './validator.module';

describe('the OpenAPI document of the validator service', () => {
  it('is the one that is published, made of what the controllers parse', () => {
    const published = resolve(__dirname, '../../../docs/reference/openapi/validator.json');
    expectGolden(published, `${JSON.stringify(validatorDocument(), null, 2)}\n`);
  });
});
