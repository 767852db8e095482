import 'reflect-metadata';
import { resolve } from 'node:path';
import { expectGolden } from '@openclaw/contracts/testing';
import { auditDocument } from './audit.module';

describe('the OpenAPI document of the audit service', () => {
  it('is the one that is published, made of what the controllers parse', () => {
    const published = resolve(__dirname, '../../../docs/reference/openapi/audit.json');
    expectGolden(published, `${JSON.stringify(auditDocument(), null, 2)}\n`);
  });
});
