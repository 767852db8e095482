import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf, wordOf } from '../grpc/wire-values';
import { ManageOperatorsHandler } from './manage-operators.handler';
import { STATES, operatorMessage, rolesOf, withToken, written } from './operator.message';
import {
  addOperatorBody,
  changeRolesBody,
  listOperatorsQuery,
  removeOperatorBody,
  rotateTokenBody,
} from './operator.dto';

/** Operators over `AdministrationService`. */
@Controller()
@Needs('operator:manage')
export class OperatorsGrpc {
  constructor(private readonly handler: ManageOperatorsHandler) {}

  @GrpcMethod('AdministrationService', 'AddOperator')
  async add(@Payload() { name, roles, reason }: issuerV1.AddOperatorRequest, @FromOperator() call: OperatorCall) {
    const body = parseBody(addOperatorBody, { name, roles: rolesOf(roles), reason: textOf(reason) });
    return withToken(await this.handler.add(call, body));
  }

  @GrpcMethod('AdministrationService', 'GetOperator')
  @Needs('operator:read')
  async show(@Payload() { operatorId }: issuerV1.GetOperatorRequest): Promise<Outgoing<issuerV1.GetOperatorResponse>> {
    return { operator: operatorMessage(await this.handler.show(operatorId)) };
  }

  @GrpcMethod('AdministrationService', 'ListOperators')
  @Needs('operator:read')
  list(@Payload() { state }: issuerV1.ListOperatorsRequest): Outgoing<issuerV1.ListOperatorsResponse> {
    const query = parseBody(listOperatorsQuery, { status: wordOf(STATES, state, 'state') });
    return { operators: this.handler.list(query).operators.map(operatorMessage) };
  }

  @GrpcMethod('AdministrationService', 'ChangeOperatorRoles')
  async changeRoles(@Payload() request: issuerV1.ChangeOperatorRolesRequest, @FromOperator() call: OperatorCall) {
    const { operatorId, roles, reason } = request;
    const body = parseBody(changeRolesBody, { roles: rolesOf(roles), reason: textOf(reason) });
    return written(await this.handler.changeRoles(call, operatorId, body));
  }

  @GrpcMethod('AdministrationService', 'RotateOperatorToken')
  async rotateToken(@Payload() request: issuerV1.RotateOperatorTokenRequest, @FromOperator() call: OperatorCall) {
    const body = parseBody(rotateTokenBody, { reason: textOf(request.reason) });
    return withToken(await this.handler.rotateToken(call, request.operatorId, body));
  }

  @GrpcMethod('AdministrationService', 'RemoveOperator')
  async remove(@Payload() { operatorId, reason }: issuerV1.RemoveOperatorRequest, @FromOperator() call: OperatorCall) {
    return written(await this.handler.remove(call, operatorId, parseBody(removeOperatorBody, { reason })));
  }

  @GrpcMethod('AdministrationService', 'GetOwnAccess')
  @Needs('self:rotate-token')
  async showOwn(@FromOperator() { principal }: OperatorCall): Promise<Outgoing<issuerV1.GetOwnAccessResponse>> {
    return { operator: operatorMessage(await this.handler.show(principal.operatorId)) };
  }

  @GrpcMethod('AdministrationService', 'RotateOwnToken')
  @Needs('self:rotate-token')
  async rotateOwn(@Payload() { reason }: issuerV1.RotateOwnTokenRequest, @FromOperator() call: OperatorCall) {
    const { operatorId } = call.principal;
    const body = parseBody(rotateTokenBody, { reason: textOf(reason) });
    return withToken(await this.handler.rotateToken({ ...call, expectedRevision: 'any' }, operatorId, body));
  }
}
