import { z } from 'zod';
import { positionForm, reasonField, revisionForm } from '../forms';

/** Body of subscribe and unsubscribe. */
export const scopesBody = z.strictObject({
  scopes: z.array(z.string()).min(1, 'name at least one scope').max(100),
  reason: reasonField,
});
export type ScopesBody = z.output<typeof scopesBody>;

/** What one account may issue codes for. */
export const subscriptionForm = z.strictObject({
  account: z.string(),
  scopes: z.array(z.string()),
  revision: revisionForm,
});
export type SubscriptionView = z.output<typeof subscriptionForm>;
export const writtenSubscriptionForm = subscriptionForm.extend({ position: positionForm });
export const subscriptionsForm = z.strictObject({ subscriptions: z.array(subscriptionForm) });
