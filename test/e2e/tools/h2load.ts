import { spawnSync } from 'node:child_process';

const INSTALL_MS = 300_000;

/** The load generator of nghttp2; undefined, or why it is not here. */
export const missingH2load = (): string | undefined =>
  spawnSync('h2load', ['--version']).error === undefined ? undefined : 'h2load is not here: npm run judges';

/** Installs Debian's package of it where that can be done; undefined, or why it cannot. */
export const installH2load = (): string | undefined => {
  if (missingH2load() === undefined) return undefined;
  const options = { timeout: INSTALL_MS, encoding: 'utf8' } as const;
  spawnSync('apt-get', ['update', '-q'], options);
  const { status, error, stderr } = spawnSync('apt-get', ['install', '-qy', 'nghttp2-client'], options);
  if (status === 0) return missingH2load();
  return `h2load (Debian's nghttp2-client) cannot be installed: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`;
};
