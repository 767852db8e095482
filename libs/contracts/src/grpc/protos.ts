import { resolve } from 'node:path';
import type { ServiceDefinition } from '@grpc/grpc-js';
import { loadSync, type Options, type PackageDefinition } from '@grpc/proto-loader';

/** Folder that imports in our proto files start from. The same from `src` and from `dist`. */
export const protoRoot = resolve(__dirname, '../../proto');

const filesOf = (folder: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => resolve(protoRoot, 'openclaw', folder, `${name}.proto`));

/** What each published package is called, where it is (for `loadSync` and for Nest's `protoPath`), and its services. */
export const PROTO = {
  validator: {
    package: 'openclaw.validator.v1',
    files: filesOf('validator/v1', 'validator'),
    services: ['openclaw.validator.v1.ValidatorService'],
  },
  issuer: {
    package: 'openclaw.issuer.v1',
    files: filesOf('issuer/v1', 'issuer', 'administration', 'detection'),
    services: [
      'openclaw.issuer.v1.IssuerService',
      'openclaw.issuer.v1.AdministrationService',
      'openclaw.issuer.v1.DetectionService',
    ],
  },
} as const;

type ServiceName = (typeof PROTO)[keyof typeof PROTO]['services'][number] | 'envoy.service.auth.v3.Authorization';

/**
 * How messages look in TypeScript, for servers and clients alike; `messages.generated.ts` describes exactly this.
 * 64-bit numbers are decimal strings, enums are their names, absent messages are null, absent `optional`s are absent.
 */
export const GRPC_LOADER_OPTIONS = {
  keepCase: false,
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [protoRoot],
} as const satisfies Options;

/** Every published message, enum and service, by full name. Reads the proto files; call once, at start. */
export const loadProtos = (): PackageDefinition =>
  loadSync(
    Object.values(PROTO).flatMap(({ files }) => files),
    { ...GRPC_LOADER_OPTIONS, includeDirs: [protoRoot] },
  );

/** A service to add to a server or to make a client for, by full name; throws when there is none of that name. */
export const serviceDefinition = (name: ServiceName, protos: PackageDefinition = loadProtos()): ServiceDefinition => {
  const found = protos[name];
  if (found === undefined || 'format' in found) throw new Error(`no service ${name} in the proto files`);
  return found;
};
