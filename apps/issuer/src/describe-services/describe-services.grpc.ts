import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf } from '../grpc/wire-values';
import { changeServiceBody, registerServiceBody, retireServiceBody } from './describe-services.dto';
import { DescribeServicesHandler } from './describe-services.handler';
import type { ServiceView } from './service.view';

const STATES = { offered: 'TARGET_SERVICE_STATE_OFFERED', retired: 'TARGET_SERVICE_STATE_RETIRED' } as const;

const message = ({ status, ...service }: ServiceView): Outgoing<issuerV1.TargetService> => {
  const { service: name, title, resources, actions, revision } = service;
  return { service: name, title, resources, actions, revision, state: STATES[status] };
};

const written = (service: ServiceView & { readonly position: string }): Outgoing<issuerV1.RegisterServiceResponse> => ({
  service: message(service),
  position: service.position,
});

/** The catalogue over `AdministrationService`. */
@Controller()
export class DescribeServicesGrpc {
  constructor(private readonly handler: DescribeServicesHandler) {}

  @GrpcMethod('AdministrationService', 'ListServices')
  @Needs('service:read')
  list(): Outgoing<issuerV1.ListServicesResponse> {
    return { services: this.handler.list().services.map(message) };
  }

  @GrpcMethod('AdministrationService', 'GetService')
  @Needs('service:read')
  async show(@Payload() { service }: issuerV1.GetServiceRequest): Promise<Outgoing<issuerV1.GetServiceResponse>> {
    return { service: message(await this.handler.show(service)) };
  }

  @GrpcMethod('AdministrationService', 'RegisterService')
  @Needs('service:manage')
  async register(@Payload() request: issuerV1.RegisterServiceRequest, @FromOperator() call: OperatorCall) {
    const { service, title, resources, actions, reason } = request;
    const body = parseBody(registerServiceBody, { service, title, resources, actions, reason: textOf(reason) });
    return written(await this.handler.register(call, body));
  }

  @GrpcMethod('AdministrationService', 'ChangeService')
  @Needs('service:manage')
  async change(@Payload() request: issuerV1.ChangeServiceRequest, @FromOperator() call: OperatorCall) {
    const { service, title, resources, actions, reason } = request;
    const changes = { title, resources: resources?.names, actions: actions?.names };
    const body = parseBody(changeServiceBody, { ...changes, reason: textOf(reason) });
    return written(await this.handler.change(call, service, body));
  }

  @GrpcMethod('AdministrationService', 'RetireService')
  @Needs('service:manage')
  async retire(@Payload() { service, reason }: issuerV1.RetireServiceRequest, @FromOperator() call: OperatorCall) {
    return written(await this.handler.retire(call, service, parseBody(retireServiceBody, { reason })));
  }
}
