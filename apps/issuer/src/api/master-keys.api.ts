import { tagged } from '@openclaw/platform';
import { masterKeyForm, writtenMasterKeyForm } from '../change-master-key/master-key.view';
import { reasonBody } from '../issue-code/issue-code.dto';
import { listMasterKeysQuery, masterKeysForm } from '../list-codes/list.dto';
import { registerMasterKeyBody, rotateMasterKeyBody } from '../register-master-key/register-master-key.dto';
import { receiptForm, waitQuery } from '../revoke-code/receipt.view';
import { change, create } from './kinds-of-route';

/** Routes about master keys. */
export const masterKeyRoutes = tagged('master keys', {
  'POST /v1/master-keys': {
    id: 'registerMasterKey',
    summary: 'Registers a key by its value, which is never shown again, or by the name of a stored secret',
    body: registerMasterKeyBody,
    answer: writtenMasterKeyForm,
    ...create,
  },
  'GET /v1/master-keys': {
    id: 'listMasterKeys',
    summary: 'All master keys, oldest first',
    query: listMasterKeysQuery,
    answer: masterKeysForm,
  },
  'GET /v1/master-keys/{masterKeyId}': {
    id: 'showMasterKey',
    summary: 'One master key, without its value',
    answer: masterKeyForm,
    etag: true,
  },
  'POST /v1/master-keys/{masterKeyId}/rotate': {
    id: 'rotateMasterKey',
    summary: 'Another value of the key; its codes do not notice',
    body: rotateMasterKeyBody,
    answer: writtenMasterKeyForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/master-keys/{masterKeyId}/disable': {
    id: 'disableMasterKey',
    summary: 'No code under it is allowed for the time being',
    body: reasonBody,
    answer: writtenMasterKeyForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/master-keys/{masterKeyId}/enable': {
    id: 'enableMasterKey',
    summary: 'Ends the stop',
    body: reasonBody,
    answer: writtenMasterKeyForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/master-keys/{masterKeyId}/revoke': {
    id: 'revokeMasterKey',
    summary: 'Ends a key and every code under it, for ever',
    query: waitQuery,
    body: reasonBody,
    answer: writtenMasterKeyForm.extend({ receipt: receiptForm.optional() }),
    write: true,
  },
});
