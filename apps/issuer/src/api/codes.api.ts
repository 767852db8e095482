import { tagged } from '@openclaw/platform';
import { codeWithSecretForm, reissuableCodeForm } from '../issue-code/code-with-secret.form';
import { issueCodeBody, reasonBody, revokeBody, rotateBody, updateCodeBody } from '../issue-code/issue-code.dto';
import { codesForm, listCodesQuery } from '../list-codes/list.dto';
import { bulkRevokeBody, bulkRevokedForm } from '../revoke-code/bulk-revoke.dto';
import { receiptForm, waitQuery } from '../revoke-code/receipt.view';
import { codeForm, writtenCodeForm } from '../show-codes/code.view';
import { change, create } from './kinds-of-route';

/** Routes about codes. */
export const codeRoutes = tagged('codes', {
  'POST /v1/codes': {
    id: 'issueCode',
    summary: 'Issues a code; the plain code is in this one answer. 200 = a retry met its own code, without its secret',
    body: issueCodeBody,
    answer: codeWithSecretForm,
    others: { 200: reissuableCodeForm },
    ...create,
  },
  'GET /v1/codes': {
    id: 'listCodes',
    summary: 'Codes that meet every given filter, oldest first',
    query: listCodesQuery,
    answer: codesForm,
  },
  'GET /v1/codes/{codeId}': { id: 'showCode', summary: 'One code, without its secret', answer: codeForm, etag: true },
  'PATCH /v1/codes/{codeId}': {
    id: 'updateCode',
    summary: 'Changes settings; allowing more than before needs the right to widen. Null takes a limit away',
    body: updateCodeBody,
    answer: writtenCodeForm,
    ifMatch: 'needed',
    ...change,
  },
  'POST /v1/codes/{codeId}/rotate': {
    id: 'rotateCode',
    summary: 'A new secret; id, limits and history stay. The old one stays valid during the grace',
    body: rotateBody,
    answer: codeWithSecretForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/codes/{codeId}/reissue': {
    id: 'reissueCode',
    summary: 'For a lost code: every older secret is dead at once, a new one lives, settings stay',
    body: reasonBody,
    answer: codeWithSecretForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/codes/{codeId}/suspend': {
    id: 'suspendCode',
    summary: 'Stops a code for the time being',
    body: reasonBody,
    answer: writtenCodeForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/codes/{codeId}/resume': {
    id: 'resumeCode',
    summary: 'Ends the stop',
    body: reasonBody,
    answer: writtenCodeForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/codes/{codeId}/revoke': {
    id: 'revokeCode',
    summary: 'Ends a code, for ever; with wait=all answers with a receipt of the validators',
    query: waitQuery,
    body: revokeBody,
    answer: writtenCodeForm.extend({ receipt: receiptForm.optional() }),
    write: true,
  },
  'POST /v1/codes/bulk-revoke': {
    id: 'bulkRevokeCodes',
    summary: 'Revokes every code that meets all selectors, each by its own event',
    body: bulkRevokeBody,
    answer: bulkRevokedForm,
    write: true,
  },
});
