import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '@openclaw/embedded-postgres';

/** Clients in Go that others wrote, each at a version that was tried. */
const MODULES = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4',
  'grpc-health-probe': 'github.com/grpc-ecosystem/grpc-health-probe@v0.4.61',
  h2spec: 'github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible',
} as const;

export type GoTool = keyof typeof MODULES;
export type Got = { readonly path: string } | { readonly missing: string };

const folder = (): string => join(cacheFolder(), 'go-tools');
const INSTALL_MS = 600_000;

/** Where a tool is: on the PATH, or where `npm run judges` has built it. */
export const goTool = (name: GoTool): Got => {
  if (spawnSync(name, ['-version']).error === undefined) return { path: name };
  const path = join(folder(), name);
  return existsSync(path) ? { path } : { missing: `${name} is not here: npm run judges` };
};

/** Builds what is not here yet, with the Go toolchain of the machine; undefined, or why it cannot. */
export const buildGoTool = (name: GoTool): string | undefined => {
  if ('path' in goTool(name)) return undefined;
  const env = { ...process.env, GOBIN: folder(), GOFLAGS: '-buildvcs=false' };
  const built = spawnSync('go', ['install', MODULES[name]], { env, timeout: INSTALL_MS, encoding: 'utf8' });
  if (built.status === 0) return undefined;
  return `${name} cannot be built: ${built.error?.message ?? built.stderr.trim().split('\n').at(-1) ?? ''}`;
};

export const GO_TOOLS: readonly GoTool[] = ['grpcurl', 'grpc-health-probe', 'h2spec'];
