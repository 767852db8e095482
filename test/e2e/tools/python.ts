import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '@openclaw/embedded-postgres';

const INSTALL_MS = 240_000;

/**
 * A Python with these packages: that of the machine when it has them, else a virtual environment in the cache, made
 * once. A reason when there is none: the spec is then skipped by name, or fails when OPENCLAW_REQUIRE_JUDGES is set.
 */
export const pythonWith = (
  ...packages: readonly string[]
): { readonly python: string } | { readonly missing: string } => {
  const imports = packages.map((name) => name.split('==')[0]).join(', ');
  const has = (python: string): boolean => spawnSync(python, ['-c', `import ${imports}`]).status === 0;
  if (has('python3')) return { python: 'python3' };
  const folder = join(cacheFolder(), `python-${packages.join('-').replace(/[^a-z0-9.-]/gi, '_')}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python) && has(python)) return { python };
  const made = spawnSync('python3', ['-m', 'venv', '--clear', folder], { timeout: INSTALL_MS });
  const options = { timeout: INSTALL_MS };
  const installed =
    made.status === 0 && spawnSync(python, ['-m', 'pip', 'install', '-q', ...packages], options).status === 0;
  return installed && has(python)
    ? { python }
    : { missing: `Python with ${packages.join(' and ')} cannot be had here` };
};
