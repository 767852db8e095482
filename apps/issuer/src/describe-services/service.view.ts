import type { TargetService } from '@openclaw/domain';
import { ApiError, type Traced } from '@openclaw/platform';
import { z } from 'zod';
import { positionForm, revisionForm } from '../forms';

/** A service of the catalogue as operators see it. */
export const serviceForm = z.strictObject({
  service: z.string(),
  title: z.string(),
  resources: z.array(z.string()),
  actions: z.array(z.string()),
  status: z.enum(['offered', 'retired']),
  revision: revisionForm,
});
export type ServiceView = z.output<typeof serviceForm>;
export const writtenServiceForm = serviceForm.extend({ position: positionForm });
export const servicesForm = z.strictObject({ services: z.array(serviceForm) });

export const serviceView = ({ state, revision }: Pick<Traced<TargetService>, 'state' | 'revision'>): ServiceView => {
  if (state.status === 'unregistered') throw new ApiError('openclaw.target-service.not-found');
  const { service, title, resources, actions, status } = state;
  return { service, title, resources: [...resources], actions: [...actions], status, revision };
};
