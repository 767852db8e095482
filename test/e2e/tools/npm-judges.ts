import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '@openclaw/embedded-postgres';
import type { Got } from './go-tools';

/** Judges of API descriptions from npm, each at a version that was tried; too heavy to be dependencies of this repository. */
const PACKAGES = {
  redocly: '@redocly/cli@2.77.0',
  'validate-api': '@seriousme/openapi-schema-validator@2.11.0',
} as const;

export type NpmJudge = keyof typeof PACKAGES;

const folder = (): string => join(cacheFolder(), 'npm-judges');
const INSTALL_MS = 300_000;

/** Where a judge is, when `npm run judges` has brought it. */
export const npmJudge = (name: NpmJudge): Got => {
  const path = join(folder(), 'node_modules', '.bin', name);
  return existsSync(path) ? { path } : { missing: `${name} is not here: npm run judges` };
};

const NPM_JUDGES: readonly NpmJudge[] = ['redocly', 'validate-api'];

/** Brings what is not here yet; undefined, or why it cannot be had. */
export const bringNpmJudges = (): string | undefined => {
  if (NPM_JUDGES.every((name) => 'path' in npmJudge(name))) return undefined;
  mkdirSync(folder(), { recursive: true });
  const words = ['install', '--prefix', folder(), '--no-audit', '--no-fund', ...Object.values(PACKAGES)];
  const installed = spawnSync('npm', words, { timeout: INSTALL_MS, encoding: 'utf8' });
  if (installed.status === 0) return undefined;
  return `npm: ${installed.error?.message ?? installed.stderr.trim().split('\n').at(-1) ?? ''}`;
};
