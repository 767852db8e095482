import { Inject, Injectable } from '@nestjs/common';
import {
  type TargetService, type TargetServiceCommand, type TargetServiceEvent, decideTargetService,
} from '@openclaw/domain'; // prettier-ignore
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, type CommandContext, FollowedAggregates, type OperatorCall, commandContext,
} from '@openclaw/platform'; // prettier-ignore
import { carryOut, mayHaveSeen, mustHaveSeen, shown } from '../carry-out';
import { FRESH_LOG, SERVICES, SERVICE_LIST } from '../tokens';
import type { ChangeServiceBody, RegisterServiceBody, RetireServiceBody } from './describe-services.dto';
import { serviceView } from './service.view';

interface Asked {
  readonly id: string;
  readonly command: TargetServiceCommand;
  readonly expectedRevision?: number | undefined;
}

/** The catalogue of target services: what there is to issue codes for. Retries are safe. */
@Injectable()
export class DescribeServicesHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(SERVICES) private readonly services: AggregateRepository<TargetService, TargetServiceEvent>,
    @Inject(SERVICE_LIST) private readonly known: FollowedAggregates<TargetService, TargetServiceEvent>,
  ) {}

  list() {
    return { services: this.known.list().map(serviceView) };
  }

  async show(service: string) {
    return serviceView(await this.services.load(service));
  }

  register(call: OperatorCall, body: RegisterServiceBody) {
    const { service, title, resources, actions } = body;
    const context = commandContext(call, { operation: 'register-service', body });
    const offer = { title, resources, actions };
    const command = { type: 'RegisterTargetService', meta: context.meta, service, offer } as const;
    return this.#carry({ id: service, command }, context);
  }

  change(call: OperatorCall, service: string, body: ChangeServiceBody) {
    const { reason: _, ...changes } = body;
    const context = commandContext(call, { operation: 'change-service', target: service, body });
    const command = { type: 'ChangeTargetService', meta: context.meta, changes } as const;
    return this.#carry({ id: service, command, expectedRevision: mustHaveSeen(call) }, context);
  }

  /** No new code for it, by nobody. Codes that are out go on; revoke them by their own means. */
  retire(call: OperatorCall, service: string, body: RetireServiceBody) {
    const context = commandContext(call, { operation: 'retire-service', target: service, body });
    const command = { type: 'RetireTargetService', meta: context.meta } as const;
    return this.#carry({ id: service, command, expectedRevision: mayHaveSeen(call) }, context);
  }

  async #carry({ id, command, expectedRevision }: Asked, context: CommandContext) {
    const target = { repository: this.services, noun: 'target-service', id, expectedRevision } as const;
    const carried = await carryOut(target, context, (state) => decideTargetService(command, state));
    return shown(this.fresh, carried, serviceView);
  }
}
