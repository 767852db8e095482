import { Inject, Injectable } from '@nestjs/common';
import {
  type Operator, type OperatorEvent, type TargetService, type TargetServiceEvent, offerFault, parseScope,
} from '@openclaw/domain'; // prettier-ignore
import { AggregateRepository, ApiError, type FieldFault } from '@openclaw/platform';
import { OPERATORS, SERVICES } from '../tokens';

/** Who can be subscribed, and to what. */
@Injectable()
export class Subscribable {
  constructor(
    @Inject(OPERATORS) private readonly operators: AggregateRepository<Operator, OperatorEvent>,
    @Inject(SERVICES) private readonly services: AggregateRepository<TargetService, TargetServiceEvent>,
  ) {}

  /** Throws an `ApiError` unless this account is that of an operator who is there, or was. */
  async mustBeKnown(account: string): Promise<Operator> {
    const { state } = await this.operators.load(account);
    if (state.status === 'unknown') throw new ApiError('openclaw.operator.not-found');
    return state;
  }

  /** Throws an `ApiError` unless this account is that of an operator who is there. */
  async mustBeActive(account: string): Promise<void> {
    const { status } = await this.mustBeKnown(account);
    if (status === 'removed') throw new ApiError('openclaw.operator.already-ended');
  }

  /** Throws an `ApiError` that names each scope which the catalogue does not offer. */
  async mustBeOffered(scopes: readonly string[]): Promise<void> {
    const faults = await Promise.all(scopes.map((text, index) => this.#faultOf(text, `scopes.${index}`)));
    const found = faults.flatMap((fault) => fault ?? []);
    if (found.length > 0) throw new ApiError('openclaw.request.invalid', found);
  }

  async #faultOf(text: string, field: string): Promise<FieldFault | undefined> {
    const scope = parseScope(text);
    if (scope === undefined) return { field, problem: 'not a scope', remedy: 'give service:resource:action' };
    if (scope.service === '*') return undefined;
    const { state } = await this.services.load(scope.service);
    const problem = offerFault(state, scope);
    return problem === undefined ? undefined : { field, problem, remedy: 'see GET /v1/services for what there is' };
  }
}
