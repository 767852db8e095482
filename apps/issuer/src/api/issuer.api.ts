import { type ApiDescription, HEALTH_ROUTES } from '@openclaw/platform';
import { masterKeyForm, writtenMasterKeyForm } from '../change-master-key/master-key.view';
import { serviceForm, writtenServiceForm } from '../describe-services/service.view';
import { alertHandlingForm } from '../handle-alerts/alert-handling.dto';
import { codeWithSecretForm } from '../issue-code/code-with-secret.form';
import { detectionForm, writtenDetectionForm } from '../manage-detection/detection-settings.dto';
import { operatorForm, operatorWithTokenForm, writtenOperatorForm } from '../manage-operators/operator.view';
import { subscriptionForm, writtenSubscriptionForm } from '../manage-subscriptions/subscription.dto';
import { receiptForm } from '../revoke-code/receipt.view';
import { codeForm, writtenCodeForm } from '../show-codes/code.view';
import { administrationRoutes } from './administration.api';
import { codeRoutes } from './codes.api';
import { detectionRoutes } from './detection.api';
import { masterKeyRoutes } from './master-keys.api';

/** What the OpenAPI document of the issuer says beyond its controllers. */
export const issuerApi: ApiDescription = {
  title: 'OpenClaw issuer',
  description:
    'Registers master keys; issues, changes and ends pairing codes. Every write answers after its event is on the log, ' +
    'takes an Idempotency-Key and shows the new version as ETag. Nothing that it answers may be cached.',
  bearer: 'token of an operator (ocop_...)',
  tags: {
    codes: 'Temporary, scoped tokens in place of a master key',
    'master keys': 'Keys of AI APIs; their values never leave the secret store',
    services: 'The catalogue of what there is to issue codes for',
    subscriptions: 'What each account may issue codes for',
    operators: 'Who may do what',
    detection: 'What operators decide about detection and alerts',
    health: 'For probes',
  },
  routes: { ...codeRoutes, ...masterKeyRoutes, ...administrationRoutes, ...detectionRoutes, ...HEALTH_ROUTES },
  forms: {
    Code: codeForm, WrittenCode: writtenCodeForm, CodeWithSecret: codeWithSecretForm, MasterKey: masterKeyForm,
    WrittenMasterKey: writtenMasterKeyForm, Service: serviceForm, WrittenService: writtenServiceForm,
    Subscription: subscriptionForm, WrittenSubscription: writtenSubscriptionForm, Operator: operatorForm,
    WrittenOperator: writtenOperatorForm, OperatorWithToken: operatorWithTokenForm, Detection: detectionForm,
    WrittenDetection: writtenDetectionForm, AlertHandling: alertHandlingForm, Receipt: receiptForm,
  }, // prettier-ignore
};
