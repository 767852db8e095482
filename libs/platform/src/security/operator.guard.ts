import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@openclaw/domain';
import { ApiError } from '../http/api-error';
import { OperatorDirectory, type Principal } from './operator-directory';
import { bearerToken } from './token';

const ROLES = Symbol('roles');
const PUBLIC = Symbol('public');

/** For routes that anybody may call: health. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Roles of which a caller needs one; `admin` may do everything. A route without this decorator is refused. */
export const Allow = (...roles: readonly Role[]): MethodDecorator & ClassDecorator => SetMetadata(ROLES, roles);

/** What the guard adds to a request. */
export interface AuthenticatedRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly method: string;
  readonly path: string;
  /** Address of the client: of the connection, or as a trusted proxy says. */
  readonly ip?: string;
  principal: Principal;
}

/** Authenticates operators by their token and checks their roles; closed by default. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    @Inject(OperatorDirectory) private readonly directory: OperatorDirectory,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true) return true;
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES, targets);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const token = bearerToken(request.headers['authorization']);
    const principal = token === undefined ? undefined : this.directory.authenticate(token);
    if (principal === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    const mayPass = allowed !== undefined && principal.roles.some((role) => role === 'admin' || allowed.includes(role));
    if (!mayPass) throw new ApiError('openclaw.caller.forbidden');
    request.principal = principal;
    return true;
  }
}
