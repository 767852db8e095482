import { type DynamicModule, Module } from '@nestjs/common';
import {
  HEALTH_CHECKS, type HealthCheck, HealthController, OPENAPI_DOCUMENT, OpenApiController, openApiDocument,
} from '@openclaw/platform'; // prettier-ignore
import type { KnownCallers } from './callers/known-callers';
import { ValidateController } from './http/validate.controller';
import { validatorApi } from './http/validator.api';
import { IntrospectController } from './introspect-code/introspect.controller';
import { CALLERS, VALIDATE_CODE, VALIDATION_API } from './tokens';
import type { ValidateCode } from './validate-code/validate-code';
import type { ValidatorStanding } from './validate-code/standing';
import type { ValidationApi } from './validate-code/validation-api';

/** What was opened before the module and is closed after it. */
export interface ValidatorModuleParts {
  readonly api: ValidationApi;
  readonly validateCode: ValidateCode;
  readonly standing: ValidatorStanding;
  readonly callers: KnownCallers;
}

const DESCRIBED = [HealthController, OpenApiController, ValidateController];

/** The OpenAPI document of what this module serves, besides introspection: that is described by its standard. */
export const validatorDocument = (): object => openApiDocument(DESCRIBED, validatorApi);

/** The HTTP side of the validator; gRPC runs on its own port beside it (`grpc/grpc-endpoint.ts`). */
@Module({})
export class ValidatorModule {
  static register({ api, validateCode, standing, callers }: ValidatorModuleParts): DynamicModule {
    const lease: HealthCheck = {
      name: 'lease',
      check: async () => {
        const state = standing.state();
        return state === 'VALIDATOR_STATE_SERVING' ? undefined : state;
      },
    };
    return {
      module: ValidatorModule,
      controllers: [...DESCRIBED, IntrospectController],
      providers: [
        { provide: VALIDATION_API, useValue: api },
        { provide: VALIDATE_CODE, useValue: validateCode },
        { provide: CALLERS, useValue: callers },
        { provide: OPENAPI_DOCUMENT, useValue: validatorDocument() },
        { provide: HEALTH_CHECKS, useValue: [lease] },
      ],
    };
  }
}
