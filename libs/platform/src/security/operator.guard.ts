import { type CanActivate, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Permission, mayDo } from '@openclaw/domain';
import { ApiError } from '../http/api-error';
import { GuessLimit } from './guess-limit';
import { type AskedCall, admit, askedCall } from './operator-call';
import type { OperatorDirectory, Principal } from './operator-directory';
import { bearerToken } from './token';

const PERMISSION = Symbol('permission');
const PUBLIC = Symbol('public');

/** For routes that anybody may call: health. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** What a caller must be permitted to do; which roles are, says the table in the domain. A route without it is refused. */
export const Needs = (permission: Permission): MethodDecorator & ClassDecorator => SetMetadata(PERMISSION, permission);

const reflector = new Reflector();

/** `targets` = a method and its class: what is said of the method counts. */
export const isPublic = (targets: DecoratedTargets): boolean =>
  reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true;
export const permissionOf = (targets: DecoratedTargets): Permission | undefined =>
  reflector.getAllAndOverride<Permission | undefined>(PERMISSION, targets);

type DecoratedTargets = Parameters<Reflector['getAllAndOverride']>[1];

/** Authenticates operators by their token and checks what their roles permit, over REST and gRPC; closed by default. */
@Injectable()
export class OperatorGuard implements CanActivate {
  readonly #guesses = new GuessLimit();

  constructor(
    private readonly directory: OperatorDirectory,
    private readonly trustedProxies: readonly string[],
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (isPublic(targets)) return true;
    const permission = permissionOf(targets);
    const asked = askedCall(context, this.trustedProxies);
    const principal = this.#authenticated(asked);
    if (permission === undefined || !mayDo(principal.roles, permission)) {
      throw new ApiError('openclaw.caller.forbidden');
    }
    admit(context, asked, principal);
    return true;
  }

  #authenticated({ authorization, sourceIp }: AskedCall): Principal {
    const token = bearerToken(authorization);
    if (token === undefined) throw new ApiError('openclaw.caller.unauthenticated');
    const source = sourceIp ?? '';
    if (this.#guesses.refuses(source)) throw new ApiError('openclaw.caller.rate-limited');
    const principal = this.directory.authenticate(token);
    if (principal !== undefined) return principal;
    this.#guesses.failed(source);
    throw new ApiError('openclaw.caller.unauthenticated');
  }
}
