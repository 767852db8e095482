import { type CanActivate, type ExecutionContext, Inject, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Permission, mayDo } from '@openclaw/domain';
import { ApiError } from '../http/api-error';
import { type RoutedRequest, clientIp } from '../http/client-ip';
import type { GuessLimit } from './guess-limit';
import { OperatorDirectory, type Principal } from './operator-directory';
import { bearerToken } from './token';

const PERMISSION = Symbol('permission');
const PUBLIC = Symbol('public');

/** For routes that anybody may call: health. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** What a caller must be permitted to do; which roles are, says the table in the domain. A route without it is refused. */
export const Needs = (permission: Permission): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, permission);

/** What the guard adds to a request. */
export interface AuthenticatedRequest extends RoutedRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly method: string;
  readonly path: string;
  principal: Principal;
}

/** Authenticates operators by their token and checks what their roles permit; closed by default. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    @Inject(OperatorDirectory) private readonly directory: OperatorDirectory,
    @Inject(Reflector) private readonly reflector: Reflector,
    private readonly guesses: GuessLimit,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, targets);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = this.#authenticated(request);
    if (permission === undefined || !mayDo(principal.roles, permission)) {
      throw new ApiError('openclaw.caller.forbidden');
    }
    request.principal = principal;
    return true;
  }

  #authenticated(request: AuthenticatedRequest): Principal {
    const token = bearerToken(request.headers['authorization']);
    if (token === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    const source = clientIp(request) ?? '';
    if (this.guesses.refuses(source)) throw new ApiError('openclaw.caller.rate-limited');
    const principal = this.directory.authenticate(token);
    if (principal !== undefined) return principal;
    this.guesses.failed(source);
    throw new ApiError('openclaw.caller.unauthenticated');
  }
}
