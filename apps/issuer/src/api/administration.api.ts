import { tagged } from '@openclaw/platform';
import { changeServiceBody, registerServiceBody, retireServiceBody } from '../describe-services/describe-services.dto';
import { serviceForm, servicesForm, writtenServiceForm } from '../describe-services/service.view';
import {
  addOperatorBody, changeRolesBody, listOperatorsQuery, removeOperatorBody, rotateTokenBody,
} from '../manage-operators/operator.dto'; // prettier-ignore
import {
  operatorForm,
  operatorWithTokenForm,
  operatorsForm,
  writtenOperatorForm,
} from '../manage-operators/operator.view';
import {
  scopesBody, subscriptionForm, subscriptionsForm, writtenSubscriptionForm,
} from '../manage-subscriptions/subscription.dto'; // prettier-ignore
import { change, create } from './kinds-of-route';

const services = tagged('services', {
  'GET /v1/services': { id: 'listServices', summary: 'The whole catalogue', answer: servicesForm },
  'GET /v1/services/{service}': { id: 'showService', summary: 'One service', answer: serviceForm, etag: true },
  'POST /v1/services': {
    id: 'registerService',
    summary: 'Puts a service into the catalogue',
    body: registerServiceBody,
    answer: writtenServiceForm,
    ...create,
  },
  'PATCH /v1/services/{service}': {
    id: 'changeService',
    summary: 'Changes what a service offers',
    body: changeServiceBody,
    answer: writtenServiceForm,
    ifMatch: 'needed',
    ...change,
  },
  'POST /v1/services/{service}/retire': {
    id: 'retireService',
    summary: 'No new code for it; codes that are out go on',
    body: retireServiceBody,
    answer: writtenServiceForm,
    ifMatch: 'heeded',
    ...change,
  },
});

const subscriptions = tagged('subscriptions', {
  'GET /v1/subscriptions': { id: 'listSubscriptions', summary: 'Every account with one', answer: subscriptionsForm },
  'GET /v1/subscriptions/{account}': {
    id: 'showSubscription',
    summary: 'What one account may issue codes for',
    answer: subscriptionForm,
    etag: true,
  },
  'POST /v1/subscriptions/{account}/subscribe': {
    id: 'subscribe',
    summary: 'Adds scopes that the catalogue offers',
    body: scopesBody,
    answer: writtenSubscriptionForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/subscriptions/{account}/unsubscribe': {
    id: 'unsubscribe',
    summary: 'Takes scopes away; codes that are out go on',
    body: scopesBody,
    answer: writtenSubscriptionForm,
    ifMatch: 'heeded',
    ...change,
  },
});

const operators = tagged('operators', {
  'GET /v1/operators/me': { id: 'showOwnAccess', summary: 'Who calls', answer: operatorForm, etag: true },
  'POST /v1/operators/me/rotate-token': {
    id: 'rotateOwnToken',
    summary: 'A new token for the caller; the one of this call is dead when it answers',
    body: rotateTokenBody,
    answer: operatorWithTokenForm,
    ifMatch: 'heeded',
    ...change,
  },
  'GET /v1/operators': {
    id: 'listOperators',
    summary: 'All operators, removed ones too',
    query: listOperatorsQuery,
    answer: operatorsForm,
  },
  'GET /v1/operators/{operatorId}': { id: 'showOperator', summary: 'One operator', answer: operatorForm, etag: true },
  'POST /v1/operators': {
    id: 'addOperator',
    summary: 'Adds an operator; the token is in this one answer. 200 = a retry met its own operator, without the token',
    body: addOperatorBody,
    answer: operatorWithTokenForm,
    others: { 200: operatorWithTokenForm },
    ...create,
  },
  'PUT /v1/operators/{operatorId}/roles': {
    id: 'changeOperatorRoles',
    summary: 'Sets all roles at once; the last admin keeps the role',
    body: changeRolesBody,
    answer: writtenOperatorForm,
    ifMatch: 'needed',
    ...change,
  },
  'POST /v1/operators/{operatorId}/rotate-token': {
    id: 'rotateOperatorToken',
    summary: 'A new token for an operator; the old one is dead when this answers',
    body: rotateTokenBody,
    answer: operatorWithTokenForm,
    ifMatch: 'heeded',
    ...change,
  },
  'POST /v1/operators/{operatorId}/remove': {
    id: 'removeOperator',
    summary: 'For ever; the last admin stays',
    body: removeOperatorBody,
    answer: writtenOperatorForm,
    ...change,
  },
});

/** Routes about services, subscriptions and operators. */
export const administrationRoutes = { ...services, ...subscriptions, ...operators };
