import { RequestMethod, type Type } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { Permission } from '@openclaw/domain';
import { isPublic, permissionOf } from '../security/operator.guard';

/** A route as the decorators of its controller declare it. */
export interface DeclaredRoute {
  /** `POST /v1/codes/{codeId}/revoke`. */
  readonly name: string;
  readonly verb: string;
  readonly path: string;
  readonly status: number;
  /** `public`, what an operator must be permitted to do, or undefined where operators are not asked for. */
  readonly access: Permission | 'public' | undefined;
}

/** Every REST route of these controllers. */
export const declaredRoutes = (controllers: readonly Type[]): readonly DeclaredRoute[] =>
  controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
      const method: unknown = Reflect.get(controller.prototype, name);
      if (typeof method !== 'function' || !Reflect.hasMetadata(METHOD_METADATA, method)) return [];
      return [routeOf(controller, method)];
    }),
  );

const routeOf = (controller: Type, method: Parameters<typeof isPublic>[0][number]): DeclaredRoute => {
  const told = (key: string, from: object): unknown => Reflect.getMetadata(key, from);
  const verb = RequestMethod[Number(told(METHOD_METADATA, method))] ?? '';
  const parts = [told(PATH_METADATA, controller), told(PATH_METADATA, method)].map(String);
  const path = `/${parts.join('/')}`
    .replace(/\/+/g, '/')
    .replace(/(.)\/$/, '$1')
    .replace(/:(\w+)/g, '{$1}');
  const status = Number(told(HTTP_CODE_METADATA, method) ?? (verb === 'POST' ? 201 : 200));
  const access = isPublic([method, controller]) ? 'public' : permissionOf([method, controller]);
  return { name: `${verb} ${path}`, verb, path, status, access };
};
