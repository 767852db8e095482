import { Inject, Injectable } from '@nestjs/common';
import {
  type Subscription, type SubscriptionEvent, type TargetService, type TargetServiceEvent, mayDo, mayIssueFor,
  parseScope,
} from '@openclaw/domain'; // prettier-ignore
import { AggregateRepository, ApiError, type Principal } from '@openclaw/platform';
import { SERVICES, SUBSCRIPTIONS } from '../tokens';

/** Who may issue for what: an operator for what its account is subscribed to, nobody for a service that is retired. */
@Injectable()
export class SubscriptionCheck {
  constructor(
    @Inject(SUBSCRIPTIONS) private readonly subscriptions: AggregateRepository<Subscription, SubscriptionEvent>,
    @Inject(SERVICES) private readonly services: AggregateRepository<TargetService, TargetServiceEvent>,
  ) {}

  /** Throws an `ApiError` unless this caller may issue a code with these scopes, or widen one to them. */
  async mayIssue(caller: Principal, scopes: readonly string[]): Promise<void> {
    const services = new Set(scopes.flatMap((text) => parseScope(text)?.service ?? []));
    for (const service of services) await this.#mustBeOffered(service);
    await this.mustCover(caller, scopes);
  }

  /**
   * Throws an `ApiError` unless these scopes are within what the caller is subscribed to: call it, too, before the
   * secret of an existing code is made anew. What is not a scope at all is left to the domain.
   */
  async mustCover({ operatorId, roles }: Principal, scopes: readonly string[]): Promise<void> {
    if (mayDo(roles, 'code:issue-for-any-service')) return;
    const { state } = await this.subscriptions.load(operatorId);
    const outside = scopes.filter((one) => parseScope(one) !== undefined && !mayIssueFor(state.scopes, [one]));
    if (outside.length === 0) return;
    const problem = `outside of what your account is subscribed to: ${outside.slice(0, NAMED_MAX).join(', ')}`;
    const remedy = `ask an admin to subscribe account ${operatorId}, or leave these out`;
    throw new ApiError('openclaw.caller.not-subscribed', [{ field: 'scopes', problem, remedy }]);
  }

  async #mustBeOffered(service: string): Promise<void> {
    const { state } = await this.services.load(service);
    if (state.status !== 'retired') return;
    const problem = `the service ${service} is retired`;
    throw new ApiError('openclaw.request.invalid', [{ field: 'scopes', problem, remedy: 'leave its scopes out' }]);
  }
}

const NAMED_MAX = 5;
