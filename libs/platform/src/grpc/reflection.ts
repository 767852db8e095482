import { ReflectionService } from '@grpc/reflection';
import { fileDescriptors } from '@openclaw/contracts';

/**
 * Versions v1 and v1alpha of grpc.reflection, over the compiled files instead of what proto-loader makes of them.
 * `services` = full names of what the server offers, besides health.
 */
export const reflectionOf = (services: readonly string[]): ReflectionService => {
  const fileDescriptorProtos = [...fileDescriptors()];
  const files = { format: 'Protocol Buffer 3 EnumDescriptorProto', type: {}, fileDescriptorProtos } as const;
  return new ReflectionService({ files }, { services: [...services, 'grpc.health.v1.Health'] });
};
