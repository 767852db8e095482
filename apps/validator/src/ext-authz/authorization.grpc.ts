import { type CheckRequest, type CheckResponse, MALFORMED_REQUEST, NO_CREDENTIALS } from '@openclaw/contracts';
import type { Caller } from '../callers/known-callers';
import type { ValidationApi } from '../validate-code/validation-api';
import { checkRequest } from './check-request';
import { checkResponse, refused } from './check-response';

/**
 * `envoy.service.auth.v3.Authorization/Check`: judges the code of a request that Envoy holds. Rejects with `ApiError`
 * when there is no decision: Envoy then does what `failure_mode_allow` and `status_on_error` say, and the client is
 * never told that its code is bad.
 */
export const authorizationCheck =
  (api: Pick<ValidationApi, 'validate'>) =>
  (request: CheckRequest, caller: Caller): CheckResponse | Promise<CheckResponse> => {
    const asked = checkRequest(request);
    if (asked.credentials === 'none') return refused(asked, NO_CREDENTIALS);
    if (asked.credentials === 'malformed') return refused(asked, MALFORMED_REQUEST);
    return api.validate(asked.use, '', caller).then((decision) => checkResponse(asked, decision));
  };
